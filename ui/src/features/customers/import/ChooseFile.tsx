import { Button } from "@mantine/core";
import { IconFileSpreadsheet } from "@tabler/icons-react";
import { type DragEvent, type ReactNode, useState } from "react";
import type { ImportPreview, ImportView } from "../../../gen";
import { openFile } from "../../../host";
import { request, useGet, useMay, useSend } from "../../../shared/api";
import { t } from "../../../shared/i18n";
import { useGo } from "../../../shared/link";
import { type Column, DataTable } from "../../../shared/table";
import {
  DayTime,
  InlineError,
  Num,
  Page,
  PageHeader,
  SectionTitle,
  StatusMark,
  shapeOf,
} from "../../../shared/ui";
import classes from "../customers.module.css";
import { statusWord } from "./words";

/** The file itself is the body: no form to take apart, and the window's own requests carry it too. */
async function upload(file: File): Promise<ImportPreview> {
  const answer = await request<ImportPreview>("/customers/import", {
    method: "POST",
    query: { fileName: file.name },
    body: file,
    headers: { "content-type": "application/octet-stream" },
  });
  return answer.data;
}

const accepted = ".csv,.tsv,.txt,.xlsx,text/csv";

/** First step of an import: a file is dropped or chosen. Below it, what was imported before. */
export function ChooseFile(): ReactNode {
  const [over, setOver] = useState(false);
  const go = useGo();
  const may = useMay()("editCustomers");
  const send = useSend(upload, {
    stale: ["customers"],
    onSuccess: (preview) => go(`/customers/import/${preview.import.id}`),
  });
  const take = (file: File | undefined) => file && may && send.mutate(file);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <Page title={t("Import customers")} parents={[{ label: t("Customers"), href: "/customers" }]}>
      <div className={classes.stack}>
        <PageHeader
          flush
          title={t("Import customers")}
          text={t("Nothing is imported before you have seen what the file would do.")}
        />
        <section
          className={classes.drop}
          data-over={over || undefined}
          aria-label={t("File to import")}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <IconFileSpreadsheet size={28} stroke={1.4} aria-hidden />
          <span className={classes.dropTitle}>{t("Drop a spreadsheet here")}</span>
          <span className={classes.quiet}>
            {t(
              "CSV with commas, semicolons or tabs, in any usual encoding, or an Excel workbook. A million rows are fine.",
            )}
          </span>
          <Button
            variant="filled"
            loading={send.isPending}
            disabled={!may}
            onClick={() => void openFile(accepted).then(take)}
          >
            {t("Choose a file…")}
          </Button>
          {!may && <span className={classes.quiet}>{t("Your role only reads customers")}</span>}
        </section>
        {send.error && <InlineError error={send.error} meaning={t("Nothing was imported.")} />}
        <Recent />
      </div>
    </Page>
  );
}

const columns = (): Column<ImportView>[] => [
  {
    key: "file",
    header: t("File"),
    width: "minmax(160px, 2fr)",
    cell: (row) => <b className="ellipsis">{row.fileName}</b>,
  },
  {
    key: "status",
    header: t("Status"),
    width: "190px",
    cell: (row) => <StatusMark status={shapeOf(row.status)} label={statusWord(row)} />,
  },
  {
    key: "imported",
    header: t("New"),
    width: "80px",
    right: true,
    cell: (row) => <Num value={row.imported} />,
  },
  {
    key: "duplicates",
    header: t("Known"),
    width: "80px",
    right: true,
    cell: (row) => <Num value={row.duplicates} />,
  },
  {
    key: "rejected",
    header: t("Rejected"),
    width: "80px",
    right: true,
    cell: (row) => <Num value={row.rejected} />,
  },
  {
    key: "at",
    header: t("When"),
    width: "150px",
    right: true,
    optional: true,
    cell: (row) => <DayTime at={row.createdAt} />,
  },
];

function Recent(): ReactNode {
  const imports = useGet<ImportView[]>("/customers/import");
  const go = useGo();
  if (imports.data?.length === 0) return null;
  return (
    <section>
      <SectionTitle title={t("Imported before")} />
      <DataTable
        inline
        label={t("Imported before")}
        columns={columns()}
        rows={imports.data?.slice(0, 10)}
        error={imports.error}
        onRetry={() => void imports.refetch()}
        rowKey={(row) => row.id}
        href={(row) => `/customers/import/${row.id}`}
        onOpen={(row) => go(`/customers/import/${row.id}`)}
      />
    </section>
  );
}
