// The types of `@std/fmt/colors`, which its npm republication lacks.

type Colored = (str: string) => string;

export interface Rgb {
  r: number;
  g: number;
  b: number;
}

export function getColorEnabled(): boolean;
export function setColorEnabled(value: boolean): void;
export function stripAnsiCode(string: string): string;

export function rgb8(str: string, color: number): string;
export function rgb24(str: string, color: number | Rgb): string;
export function bgRgb8(str: string, color: number): string;
export function bgRgb24(str: string, color: number | Rgb): string;

export const reset: Colored;
export const bold: Colored;
export const dim: Colored;
export const italic: Colored;
export const underline: Colored;
export const inverse: Colored;
export const hidden: Colored;
export const strikethrough: Colored;
export const black: Colored;
export const red: Colored;
export const green: Colored;
export const yellow: Colored;
export const blue: Colored;
export const magenta: Colored;
export const cyan: Colored;
export const white: Colored;
export const gray: Colored;
export const brightBlack: Colored;
export const brightRed: Colored;
export const brightGreen: Colored;
export const brightYellow: Colored;
export const brightBlue: Colored;
export const brightMagenta: Colored;
export const brightCyan: Colored;
export const brightWhite: Colored;
export const bgBlack: Colored;
export const bgRed: Colored;
export const bgGreen: Colored;
export const bgYellow: Colored;
export const bgBlue: Colored;
export const bgMagenta: Colored;
export const bgCyan: Colored;
export const bgWhite: Colored;
export const bgBrightBlack: Colored;
export const bgBrightRed: Colored;
export const bgBrightGreen: Colored;
export const bgBrightYellow: Colored;
export const bgBrightBlue: Colored;
export const bgBrightMagenta: Colored;
export const bgBrightCyan: Colored;
export const bgBrightWhite: Colored;
