import type { MessageText } from "../../shared/message";
import type { ChannelName } from "../../shared/ui";

export interface Template {
  id: string;
  name: string;
  channel: ChannelName;
  locale: string;
  subject: string;
  preheader: string;
  textBody: string;
  htmlBody: string;
  variables: MessageText["variables"];
  smsRoute: string | null;
  version: number;
  updatedAt: string;
  archivedAt: string | null;
}

export interface TemplateVersion {
  version: number;
  createdAt: string;
  text: MessageText;
}

export const textOf = (template: Template): MessageText => ({
  channel: template.channel,
  locale: template.locale,
  title: template.subject,
  preheader: template.preheader,
  textBody: template.textBody,
  htmlBody: template.htmlBody,
  variables: template.variables,
  smsRoute: template.smsRoute,
});
