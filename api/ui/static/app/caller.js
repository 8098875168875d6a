// Who is signed in, and what may be offered. The server decides again at every request.
import { createContext, useContext } from "./html.js";

export const CallerContext = createContext(null);
export const useCaller = () => useContext(CallerContext);

export const may = (caller, verb) => caller.scopes.includes(`knowledge:${verb}`);

// Whether this server has the operation: what it does not offer is not shown.
export const offers = (caller, operation) => caller.operations.includes(operation);
