export type CardStatus = "todo" | "in_progress" | "waiting" | "done";
export type Priority = "low" | "medium" | "high";

/** A card as the API gives it. */
export interface Card {
  id: string;
  number: number;
  campaign_id: string | null;
  campaign_response_id: string | null;
  contact_id: number | null;
  title: string;
  description: string;
  queue: string;
  priority: Priority;
  status: CardStatus;
  position: number;
  assigneeId: string | null;
  assigneeName: string | null;
  contactName: string;
  campaignName: string | null;
  summary: string | null;
  disposition: string | null;
  channel: string | null;
  draft: string;
  dueAt: string | null;
  snoozedUntil: string | null;
  firstAnswerAt: string | null;
  outcome: "won" | "lost" | "none" | null;
  outcomeAmount: string | null;
  outcomeCurrency: string | null;
  outcomeReason: string | null;
  version: number;
  closedAt: string | null;
}

export interface Queue {
  queue: string;
  openCount: number;
  lateCount: number;
  doneCount: number;
  firstAnswerMinutes: number | null;
}

export interface BoardData {
  queues: Queue[];
  cards: Card[];
  done: Card[];
  everyoneCount: number;
  mineCount: number;
  isCut: boolean;
}

export interface Contact {
  id: number;
  name: string;
  email: string | null;
  phone: string | null;
  city: string | null;
  tier: string | null;
  preferredLanguage: string | null;
  accountBalance: string;
  currency: string | null;
  isActive: boolean;
  optedOut: boolean;
}

export interface ThreadItem {
  kind: "message" | "reply" | "answer" | "note" | "history";
  at: string;
  authorId: string | null;
  authorName: string | null;
  channel: string | null;
  subject: string | null;
  body: string;
  status: string | null;
  data: Record<string, unknown> | null;
}

export interface CardDetail {
  card: Card;
  contact: Contact | null;
  response: { id: string; disposition: string; confidence: number; sentiment: string } | null;
  thread: ThreadItem[];
  answerChannels: string[];
  firstAnswerMinutes: number | null;
}

/** Somebody who looks at the board. */
export interface Here {
  userId: string;
  name: string;
  cardId: string | null;
  isWriting: boolean;
}

/** What the board shows. */
export interface BoardFilter {
  owner: "me" | "";
  campaignId: string;
  priority: Priority | "";
  rows: "queue" | "none";
}

export const COLUMNS: CardStatus[] = ["todo", "in_progress", "waiting"];
