/** The actions of a drive, each as often as its weight. */
export const ACTIONS = [
  ...Array(6).fill("take"),
  ...Array(5).fill("complete"),
  ...Array(4).fill("fail"),
  ...["start", "start", "crash", "outOfTime", "flush", "progress", "pause", "resume", "resume"],
  ...["signal", "expire", "expire", "stop", "drop", "outOfTimeQueued", "withdraw"],
] as const;
