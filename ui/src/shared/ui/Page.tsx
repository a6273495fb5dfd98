import type { ReactNode } from "react";
import classes from "./page.module.css";
import { type Crumb, useTitle } from "./title";

interface PageProps {
  title: string;
  parents?: Crumb[];
  /** Stands at the right, folds below 1180 (see `Rail`). */
  rail?: ReactNode;
  /** The content fills the window and scrolls inside itself (tables, boards, editors). */
  fill?: boolean;
  /** Stays above what scrolls: `PageHeader`, `Toolbar`, tabs. */
  head?: ReactNode;
  /** Stays below: wizard footers, decision bars. */
  foot?: ReactNode;
  children: ReactNode;
}

/** The frame of one screen below the top bar; sets breadcrumbs and the window's title. */
export function Page({ title, parents, rail, fill, head, foot, children }: PageProps): ReactNode {
  useTitle(title, parents);
  return (
    <div className={classes.page}>
      {head}
      <div className={classes.columns}>
        <div className={fill ? classes.fill : classes.scroll}>{children}</div>
        {rail}
      </div>
      {foot}
    </div>
  );
}

interface PageHeaderProps {
  title: string;
  /** Beside the title: a count, a `StatusMark`. */
  aside?: ReactNode;
  /** Second line. */
  text?: ReactNode;
  /** Right; the one primary button last. */
  actions?: ReactNode;
  /** No gutter of its own: inside scrolling content that has one. */
  flush?: boolean;
}

/** The one title of a screen, 20/28. */
export function PageHeader({ title, aside, text, actions, flush }: PageHeaderProps): ReactNode {
  return (
    <header className={classes.header} data-flush={flush || undefined}>
      <div className={classes.titles}>
        <div className={classes.titleLine}>
          <h1 className={`${classes.title} ellipsis`} title={title}>
            {title}
          </h1>
          {aside && <span className={classes.aside}>{aside}</span>}
        </div>
        {text && <div className={classes.text}>{text}</div>}
      </div>
      {actions && <div className={classes.actions}>{actions}</div>}
    </header>
  );
}

interface SectionTitleProps {
  title: string;
  aside?: ReactNode;
  /** Line under it, where a list follows. */
  line?: boolean;
}

/** 14/20 heading of a section with something quiet at its right. */
export function SectionTitle({ title, aside, line }: SectionTitleProps): ReactNode {
  return (
    <div className={classes.section} data-line={line || undefined}>
      <h2 className={classes.sectionTitle}>{title}</h2>
      {aside && <div className={classes.sectionAside}>{aside}</div>}
    </div>
  );
}
