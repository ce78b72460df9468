import workerpool from "npm:workerpool@10.0.3";
import { misdeeds } from "./misdeeds.ts";

workerpool.worker(misdeeds);
