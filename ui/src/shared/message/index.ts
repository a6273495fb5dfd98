export { MessageEditor } from "./MessageEditor";
export { MessagePreview } from "./MessagePreview";
export { PreviewAs } from "./PreviewAs";
export {
  emptyMessage,
  languageName,
  type MessageCheck,
  type MessageProblem,
  type MessageText,
  type Preview,
  type SmsCount,
} from "./types";
export { useCheck, usePreview } from "./useMessage";
