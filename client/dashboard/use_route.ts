import { useEffect, useState } from "preact/hooks";
import { takeToken } from "../api/token.ts";
import { parseRoute, type Route } from "../data/route.ts";

/** Returns the view that the address selects, and follows its changes. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const change = () => {
      takeToken();
      setRoute(parseRoute(location.hash));
    };
    addEventListener("hashchange", change);
    return () => removeEventListener("hashchange", change);
  }, []);
  return route;
}
