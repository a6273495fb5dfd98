import { SegmentedControl } from "@mantine/core";
import { IconDeviceDesktop, IconDeviceMobile, IconMoon, IconSun } from "@tabler/icons-react";
import { type ReactNode, useMemo, useState } from "react";
import { initials } from "../format";
import { t } from "../i18n";
import classes from "./message.module.css";
import type { Preview } from "./types";

/** Nothing in a previewed mail may run or tell anybody; pictures come over https only. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; font-src data:";

type View = "html" | "text";

/** A mail as an inbox shows it: wide or as on a phone, light or dark, HTML or its text alternative. */
export function MailPreview({
  preview,
  from,
}: {
  preview: Preview | undefined;
  from: string;
}): ReactNode {
  const [width, setWidth] = useState("desktop");
  const [scheme, setScheme] = useState<"light" | "dark">("light");
  const [view, setView] = useState<View>("html");
  const page = useMemo(() => document_(preview?.html ?? "", scheme), [preview?.html, scheme]);
  const shown: View = preview?.html ? view : "text";
  return (
    <div className={classes.mail}>
      <div className={classes.mailTools}>
        <SegmentedControl
          value={shown}
          onChange={(next) => setView(next as View)}
          data={[
            { value: "html", label: t("Mail"), disabled: !preview?.html },
            { value: "text", label: t("Text") },
          ]}
        />
        <SegmentedControl
          aria-label={t("Width")}
          value={width}
          onChange={setWidth}
          data={[
            {
              value: "desktop",
              label: icon(<IconDeviceDesktop size={15} stroke={1.6} />, t("Desktop")),
            },
            {
              value: "mobile",
              label: icon(<IconDeviceMobile size={15} stroke={1.6} />, t("Phone")),
            },
          ]}
        />
        <SegmentedControl
          aria-label={t("Light or dark")}
          value={scheme}
          onChange={(next) => setScheme(next as "light" | "dark")}
          data={[
            { value: "light", label: icon(<IconSun size={15} stroke={1.6} />, t("Light")) },
            { value: "dark", label: icon(<IconMoon size={15} stroke={1.6} />, t("Dark")) },
          ]}
        />
      </div>
      <div className={classes.mailFrame} data-width={width} data-scheme={scheme}>
        <div className={classes.mailHead}>
          <span className={classes.mailFace} aria-hidden>
            {initials(from || "M")}
          </span>
          <span style={{ minWidth: 0 }}>
            <b className="ellipsis" style={{ display: "block" }}>
              {preview?.subject || t("Subject")}
            </b>
            <span className={`${classes.mailLine} ellipsis`}>
              {from}
              {preview?.preheader ? ` · ${preview.preheader}` : ""}
            </span>
          </span>
        </div>
        {shown === "html" ? (
          <iframe
            title={t("The mail as it is shown")}
            className={classes.mailBody}
            style={{ colorScheme: scheme }}
            sandbox=""
            referrerPolicy="no-referrer"
            srcDoc={page}
          />
        ) : (
          <pre className={classes.mailText}>{preview?.text || t("Nothing is written yet.")}</pre>
        )}
      </div>
    </div>
  );
}

const icon = (shape: ReactNode, label: string) => (
  <span title={label} style={{ display: "grid", height: 20, placeItems: "center" }}>
    {shape}
    <span className="visually-hidden">{label}</span>
  </span>
);

function document_(body: string, scheme: string): string {
  const meta = `<meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta charset="utf-8"><meta name="color-scheme" content="${scheme}">`;
  const style =
    "<style>html{background:Canvas;color:CanvasText}body{font-family:system-ui,sans-serif;font-size:14px;line-height:1.5;margin:16px;overflow-wrap:anywhere}img{max-width:100%}</style>";
  return `<!doctype html><html><head>${meta}${style}</head><body>${body}</body></html>`;
}
