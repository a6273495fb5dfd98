import { Button, SegmentedControl } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useGet } from "../../../shared/api";
import { ahead } from "../../../shared/format";
import { FlowGraph, type GraphBox } from "../../../shared/graph";
import { t } from "../../../shared/i18n";
import { AppLink, useGo } from "../../../shared/link";
import { type Column, DataTable, Toolbar } from "../../../shared/table";
import {
  EmptyState,
  InlineError,
  None,
  Page,
  PageHeader,
  StatusMark,
  useNow,
} from "../../../shared/ui";
import { JobTabs } from "../JobTabs";
import type { GraphEdge, GraphNode } from "../model/types";
import { hasFailed } from "../model/types";
import {
  dependencyWord,
  ofMuster,
  runShape,
  runWord,
  scheduleName,
  waitForWord,
} from "../model/words";
import classes from "./graph.module.css";

interface JobGraphData {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

/** Which job waits for which, as they are now; as a picture or as a list. */
export function JobGraph(): ReactNode {
  const go = useGo();
  const now = useNow();
  const graph = useGet<JobGraphData>("/jobs/graph");
  const [view, setView] = useState("graph");
  const [search, setSearch] = useState("");
  const [onlyJoined, setOnlyJoined] = useState(true);
  const all = graph.data?.nodes ?? [];
  const edges = graph.data?.edges ?? [];
  const joined = new Set(edges.flatMap((edge) => [edge.from, edge.to]));
  const hits = (node: GraphNode) =>
    `${ofMuster(node.name)} ${node.code}`.toLowerCase().includes(search.trim().toLowerCase());
  const loose = all.filter((node) => !joined.has(node.id)).length;
  const nodes = all.filter((node) => hits(node) && (!onlyJoined || joined.has(node.id)));
  const open = (id: string) => {
    const node = all.find((one) => one.id === id);
    if (node) go(hrefOf(node));
  };
  const empty = (
    <EmptyState
      title={
        search
          ? t("No job matches “{search}”", { search })
          : onlyJoined && loose > 0
            ? t("No job waits for another")
            : t("No job yet")
      }
      text={t("Let one job wait for another in its settings, and the chain is drawn here.")}
      action={
        search ? (
          <Button onClick={() => setSearch("")}>{t("Clear search")}</Button>
        ) : onlyJoined && loose > 0 ? (
          <Button onClick={() => setOnlyJoined(false)}>{t("Show all jobs")}</Button>
        ) : undefined
      }
    />
  );
  return (
    <Page
      title={t("Dependencies")}
      parents={[{ label: t("Jobs"), href: "/jobs" }]}
      fill
      head={
        <>
          <PageHeader
            title={t("Dependencies")}
            aside={all.length || undefined}
            text={t("Which job waits for which, and how each of them did last.")}
          />
          <JobTabs current="graph" />
          <Toolbar
            search={search}
            onSearch={setSearch}
            placeholder={t("Name or code of a job")}
            right={
              <SegmentedControl
                size="xs"
                value={view}
                onChange={setView}
                data={[
                  { value: "graph", label: t("Picture") },
                  { value: "list", label: t("List") },
                ]}
              />
            }
          >
            {loose > 0 && (
              <Button variant="subtle" onClick={() => setOnlyJoined(!onlyJoined)}>
                {onlyJoined ? t("Show jobs that stand alone, too") : t("Only jobs in chains")}
              </Button>
            )}
          </Toolbar>
        </>
      }
    >
      {graph.error && (
        <div className={classes.failed}>
          <InlineError error={graph.error} onRetry={() => void graph.refetch()} />
        </div>
      )}
      {view === "graph" && graph.data && (
        <div className={classes.whole}>
          <FlowGraph
            label={t("Dependencies of jobs; the list says the same")}
            boxes={nodes.map((node) => boxOf(node, now))}
            lines={edges.map((edge) => ({
              from: edge.from,
              to: edge.to,
              isLoose: !edge.isActive || edge.dependencyType === "optional",
              label: edgeLabel(edge),
            }))}
            onSelect={open}
          >
            {empty}
          </FlowGraph>
        </div>
      )}
      {view === "list" && (
        <DataTable
          label={t("Dependencies")}
          columns={columns(all, edges)}
          rows={graph.data && nodes}
          rowKey={(node) => node.id}
          href={hrefOf}
          onOpen={(node) => go(hrefOf(node))}
          empty={empty}
        />
      )}
    </Page>
  );
}

const hrefOf = (node: GraphNode): string =>
  node.runningExecutionId
    ? `/jobs/${node.id}/executions/${node.runningExecutionId}`
    : `/jobs/${node.id}`;

function stateOf(node: GraphNode) {
  const status = node.runningExecutionId ? "running" : node.lastStatus;
  if (status === "running") return { shape: runShape(status), word: runWord(status) };
  if (node.status === "paused") return { shape: "paused" as const, word: t("Paused") };
  if (!status) return { shape: "draft" as const, word: t("Not run yet") };
  return { shape: runShape(status), word: runWord(status) };
}

function boxOf(node: GraphNode, now: number): GraphBox {
  const { shape, word } = stateOf(node);
  return {
    id: node.id,
    title: ofMuster(node.name),
    text: word,
    aside: node.nextRunAt ? ahead(node.nextRunAt, now) : undefined,
    status: shape,
    statusWord: word,
    tone:
      shape === "running"
        ? "live"
        : node.status === "paused"
          ? "quiet"
          : node.lastStatus && hasFailed(node.lastStatus)
            ? "bad"
            : undefined,
  };
}

/** Only what is out of the ordinary: most dependencies have to be there and to have succeeded. */
function edgeLabel(edge: GraphEdge): string | undefined {
  if (!edge.isActive) return t("switched off");
  if (edge.mode === "any") return t("one of them is enough");
  if (edge.dependencyType !== "blocking") return dependencyWord(edge.dependencyType);
  return edge.waitForStatus === "success" ? undefined : waitForWord(edge.waitForStatus);
}

function columns(nodes: GraphNode[], edges: GraphEdge[]): Column<GraphNode>[] {
  const links = (ids: string[]) =>
    ids.length === 0 ? (
      <None />
    ) : (
      <span className={classes.cell}>
        {ids.map((id) => {
          const node = nodes.find((one) => one.id === id);
          return (
            node && (
              <AppLink key={id} href={hrefOf(node)}>
                {ofMuster(node.name)}
              </AppLink>
            )
          );
        })}
      </span>
    );
  return [
    {
      key: "name",
      header: t("Job"),
      width: "minmax(180px, 2fr)",
      cell: (node) => <b className="ellipsis">{ofMuster(node.name)}</b>,
    },
    {
      key: "state",
      header: t("Last run"),
      width: "130px",
      cell: (node) => {
        const { shape, word } = stateOf(node);
        return <StatusMark status={shape} label={word} />;
      },
    },
    {
      key: "schedule",
      header: t("Starts"),
      width: "150px",
      optional: true,
      cell: (node) => scheduleName(node.scheduleType as Parameters<typeof scheduleName>[0]),
    },
    {
      key: "for",
      header: t("Waits for"),
      width: "minmax(160px, 2fr)",
      cell: (node) => links(edges.filter((one) => one.to === node.id).map((one) => one.from)),
    },
    {
      key: "by",
      header: t("Waited for by"),
      width: "minmax(160px, 2fr)",
      cell: (node) => links(edges.filter((one) => one.from === node.id).map((one) => one.to)),
    },
  ];
}
