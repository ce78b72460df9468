// The JobEvents of a job as they come. Only the last ones are in the list, as a job may have millions.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { JobEventView } from "../../src/dashboard/api.ts";
import { jobPath } from "../api/api_client.ts";
import type { FeedState } from "../api/event_feed.ts";
import { openFeed } from "../api/open_feed.ts";
import { clock } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { type Column, DataTable } from "../ui/data_table.tsx";
import { ValueView } from "./value_view.tsx";

/** The number of events in the list. */
const LISTED = 500;

/** The time over which events are collected before the list changes, in milliseconds. */
const COLLECT = 100;

const COLUMNS: readonly Column<JobEventView>[] = [
  { title: "No.", cell: ({ seq }) => seq, isNumber: true },
  { title: "Time", cell: ({ at }) => clock(at), isNumber: true },
  { title: "Event", cell: ({ type }) => oneLine(type), isHead: true },
  { title: "Routine", cell: ({ routineId }) => oneLine(routineId ?? "") },
  { title: "Activation", cell: ({ activationId }) => oneLine(activationId ?? "") },
  {
    title: "Fields",
    cell: ({ value }) => <ValueView value={value} name="Fields" isInline />,
    isWide: true,
  },
];

const STATES: Readonly<Record<FeedState, string>> = {
  connecting: "Connecting…",
  live: "Live",
  lost: "The connection is lost. Trying again…",
  refused: "The server refuses the token.",
  gone: "The server does not have this job.",
  ended: "The job has ended.",
};

interface JobEventsProps {
  readonly flowId: string;
  readonly jobId: string;
  /** The number of JobEvents of the job so far. */
  readonly count: number;
}

/** Shows the last JobEvents of a job, newest first. */
export function JobEvents({ flowId, jobId, count }: JobEventsProps): JSX.Element {
  const [events, setEvents] = useState<readonly JobEventView[]>([]);
  const [state, setState] = useState<FeedState>("connecting");
  const [isHeld, setHeld] = useState(false);
  const [held, setShown] = useState<readonly JobEventView[]>([]);
  useEffect(() => {
    let all: readonly JobEventView[] = [];
    let fresh: JobEventView[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = () => {
      timer = undefined;
      all = [...fresh.reverse(), ...all].slice(0, LISTED);
      fresh = [];
      setEvents(all);
    };
    const feed = openFeed(
      `${jobPath(flowId, jobId)}/stream?after=${Math.max(0, count - LISTED)}`,
      {
        onState: setState,
        onEvent: (type, data) => {
          if (type !== "job") return;
          fresh.push(JSON.parse(data));
          if (fresh.length > LISTED) fresh = fresh.slice(-LISTED);
          timer ??= setTimeout(show, COLLECT);
        },
      },
    );
    return () => {
      feed.close();
      clearTimeout(timer);
    };
  }, [flowId, jobId]);
  return (
    <>
      <div class="panel-head">
        <span class="muted" role="status">{STATES[state]}</span>
        <span class="top-space" />
        <button
          type="button"
          class="small"
          aria-pressed={isHeld}
          onClick={() => {
            setShown(events);
            setHeld(!isHeld);
          }}
        >
          Hold the list
        </button>
      </div>
      <DataTable
        caption={`The last ${LISTED} events, newest first`}
        columns={COLUMNS}
        rows={isHeld ? held : events}
        keyOf={({ seq }) => `${seq}`}
        empty="No event yet."
      />
    </>
  );
}
