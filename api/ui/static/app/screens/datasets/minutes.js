// How long something takes, as far as that can be told beforehand.
import { count } from "../../format.js";

export const minutes = (value) => (value < 1 ? "less than a minute" : `about ${value < 90 ? count(Math.ceil(value), "minute") : count(Math.ceil(value / 60), "hour")}`);
