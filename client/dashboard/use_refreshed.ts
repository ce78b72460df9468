import { useEffect, useRef, useState } from "preact/hooks";
import { RequestError } from "../api/request_error.ts";

/** The last answer to a request that is repeated. */
export interface Refreshed<Value> {
  readonly value: Value | undefined;
  /** The message of the last request, if it failed. */
  readonly fault: string | undefined;
}

/** The shortest time between two requests, in milliseconds. A server that answers slowly is asked less often. */
const REFRESH = 700;

/**
 * Requests a value, and again whenever something has changed.
 *
 * @param load Requests the value.
 * @param key Identifies the value. A change leads to a request at once.
 * @param version Changes when the value may have changed.
 * @param isFinal Checks whether a value changes no more.
 */
export function useRefreshed<Value>(
  load: () => Promise<Value>,
  key: string,
  version: number | string,
  isFinal: (value: Value) => boolean = () => false,
): Refreshed<Value> {
  const [state, setState] = useState<Refreshed<Value>>({ value: undefined, fault: undefined });
  const current = useRef(version);
  current.current = version;
  useEffect(() => {
    let isActive = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let loaded: number | string | undefined;
    const request = async () => {
      const start = performance.now();
      const wanted = current.current;
      let isOver = false;
      try {
        const value = await load();
        if (!isActive) return;
        loaded = wanted;
        isOver = isFinal(value);
        setState({ value, fault: undefined });
      } catch (error) {
        if (!isActive) return;
        const fault = error instanceof Error ? error.message : String(error);
        setState(({ value }) => ({ value, fault }));
        isOver = error instanceof RequestError && error.status === 404;
      }
      const delay = Math.max(REFRESH, 4 * (performance.now() - start));
      if (!isOver) timer = setTimeout(check, delay);
    };
    const check = () => {
      if (current.current !== loaded) void request();
      else timer = setTimeout(check, REFRESH);
    };
    void request();
    return () => {
      isActive = false;
      clearTimeout(timer);
    };
  }, [key]);
  return state;
}
