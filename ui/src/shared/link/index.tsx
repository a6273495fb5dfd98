import {
  type AnchorHTMLAttributes,
  createContext,
  type MouseEvent,
  type ReactNode,
  use,
} from "react";

/** How shared parts navigate without knowing the router. */
export interface Navigation {
  go: (href: string) => void;
  path: string;
}
export const NavigationContext = createContext<Navigation>({
  go: (href) => window.location.assign(href),
  path: "/",
});

export const useGo = () => use(NavigationContext).go;
export const usePath = () => use(NavigationContext).path;

interface AppLinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> {
  href: string;
  children: ReactNode;
}

/** A real link inside the app: modified clicks and "open in a new tab" work as everywhere. */
export function AppLink({ href, onClick, children, ...rest }: AppLinkProps): ReactNode {
  const go = useGo();
  const click = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (event.defaultPrevented || modified || event.button !== 0) return;
    event.preventDefault();
    go(href);
  };
  return (
    <a href={href} onClick={click} {...rest}>
      {children}
    </a>
  );
}
