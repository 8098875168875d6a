// What the navigation offers, by what the caller may do.
import { may, offers } from "../caller.js";

const SECTIONS = [
  { path: "datasets", name: "Datasets", icon: "dataset", needs: ["read"] },
  { path: "search", name: "Search", icon: "search", needs: ["search"] },
  { path: "chat", name: "Chat", icon: "chat", needs: ["read", "search"], operation: "dashboardChatMessage" },
  { path: "questions", name: "Golden questions", icon: "star", needs: ["read"], operation: "dashboardKbQuestionSetsList" },
  { path: "history", name: "History", icon: "history", needs: ["read"], operation: "dashboardKbSearchRecordsList" },
  { path: "jobs", name: "Jobs", icon: "jobs", needs: ["read"], operation: "dashboardKbJobsList" },
  { path: "tasks", name: "Tasks", icon: "work", needs: ["read"], operation: "dashboardActivitiesList" },
  { path: "approvals", name: "Approvals", icon: "check", needs: ["read"], operation: "dashboardApprovalsList" },
  { path: "agents", name: "Agents", icon: "user", needs: ["read"], operation: "dashboardAgentsList" },
  { path: "access", name: "Access", icon: "key", needs: ["read"], operation: "dashboardAccessKeysList" },
  { path: "system", name: "Health", icon: "pulse", needs: ["read"] },
];

export const sections = (caller) => SECTIONS.filter(({ needs, operation }) =>
  needs.every((verb) => may(caller, verb)) && (!operation || offers(caller, operation)));
