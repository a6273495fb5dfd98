import {
  ActionIcon,
  Button,
  type CSSVariablesResolver,
  createTheme,
  Input,
  type MantineColorsTuple,
  SegmentedControl,
  Tooltip,
} from "@mantine/core";
import { t } from "../../shared/i18n";

/** A ramp is asked for by Mantine's types; what is seen comes from the tokens (see `cssVariables`). */
const accent: MantineColorsTuple = [
  "#e4f1ef",
  "#cbe4e1",
  "#a3cfca",
  "#78b9b2",
  "#4ba29a",
  "#2a8d85",
  "#147b74",
  "#0a6a66",
  "#085753",
  "#064542",
];

/** Heights in pixels: small, standard, first-run. */
const controlHeight: Record<string, number> = { xs: 26, sm: 30, md: 36 };
const controlFont: Record<string, string> = { xs: "12px", sm: "13px", md: "13px" };
const controlPadding: Record<string, string> = { xs: "9px", sm: "11px", md: "16px" };
const heightOf = (size: unknown) => `${controlHeight[String(size ?? "sm")] ?? 30}px`;
const fontOf = (size: unknown) => controlFont[String(size ?? "sm")] ?? "13px";

/** Mantine on the tokens of tokens.css. Sizes: `xs` small 26, `sm` standard 30, `md` first run 36. */
/** What opens over a page. Asked for when it is drawn: the words follow the language. */
const overlay = () => ({
  closeButtonProps: { "aria-label": t("Close dialog") },
  transitionProps: { duration: 180 },
});

export const theme = createTheme({
  colors: { accent },
  primaryColor: "accent",
  primaryShade: { light: 7, dark: 6 },
  fontFamily: '"Inter Variable", Inter, system-ui, sans-serif',
  fontFamilyMonospace: '"DejaVu Sans Mono", "SF Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: "11px", sm: "12px", md: "13px", lg: "14px", xl: "17px" },
  lineHeights: { xs: "16px", sm: "18px", md: "20px", lg: "20px", xl: "24px" },
  headings: {
    fontWeight: "620",
    sizes: {
      h1: { fontSize: "20px", lineHeight: "28px", fontWeight: "650" },
      h2: { fontSize: "14px", lineHeight: "20px", fontWeight: "620" },
      h3: { fontSize: "13px", lineHeight: "20px", fontWeight: "620" },
    },
  },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  radius: { xs: "4px", sm: "6px", md: "8px", lg: "10px", xl: "999px" },
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      defaultProps: { size: "sm", variant: "default" },
      vars: (_theme, props) => ({
        root: {
          "--button-height": heightOf(props.size),
          "--button-fz": fontOf(props.size),
          "--button-padding-x": controlPadding[String(props.size ?? "sm")] ?? "11px",
        },
      }),
      classNames: { root: "m-button", section: "m-button-section" },
    }),
    ActionIcon: ActionIcon.extend({
      defaultProps: { size: "sm", variant: "subtle", color: "gray" },
      vars: (_theme, props) => ({ root: { "--ai-size": heightOf(props.size) } }),
    }),
    Input: Input.extend({
      defaultProps: { size: "sm" },
      vars: (_theme, props) => ({
        wrapper: { "--input-height": heightOf(props.size), "--input-fz": fontOf(props.size) },
      }),
    }),
    InputWrapper: { defaultProps: { size: "sm" } },
    TextInput: { defaultProps: { size: "sm" } },
    PasswordInput: {
      defaultProps: () => ({
        size: "sm",
        visibilityToggleFocusable: true,
        visibilityToggleButtonProps: { "aria-label": t("Show what is typed") },
      }),
    },
    NumberInput: { defaultProps: { size: "sm", hideControls: true } },
    Textarea: { defaultProps: { size: "sm", autosize: true, minRows: 3, maxRows: 16 } },
    Select: { defaultProps: { size: "sm", allowDeselect: false, checkIconPosition: "right" } },
    MultiSelect: { defaultProps: { size: "sm" } },
    Autocomplete: { defaultProps: { size: "sm" } },
    Checkbox: { defaultProps: { size: "xs", radius: "xs" } },
    Radio: { defaultProps: { size: "xs" } },
    Switch: { defaultProps: { size: "xs", withThumbIndicator: false } },
    SegmentedControl: SegmentedControl.extend({ defaultProps: { size: "sm" } }),
    Menu: { defaultProps: { shadow: "md", radius: "md", transitionProps: { duration: 120 } } },
    Popover: { defaultProps: { shadow: "md", radius: "md", transitionProps: { duration: 120 } } },
    Modal: {
      defaultProps: () => ({ ...overlay(), radius: "lg", centered: true }),
    },
    Drawer: { defaultProps: overlay },
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: false, radius: "xs" } }),
    Tabs: { defaultProps: { keepMounted: false } },
    Anchor: { defaultProps: { underline: "hover" } },
  },
});

const token = (name: string) => `var(--m-${name})`;

/** Where Mantine asks for a colour it gets one of our tokens, in both schemes. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    "--mantine-color-body": token("canvas"),
    "--mantine-color-text": token("text"),
    "--mantine-color-bright": token("text"),
    "--mantine-color-dimmed": token("text3"),
    "--mantine-color-placeholder": token("text3"),
    "--mantine-color-anchor": token("accent"),
    "--mantine-color-error": token("bad"),
    "--mantine-color-default": token("surface"),
    "--mantine-color-default-hover": token("hover"),
    "--mantine-color-default-color": token("text"),
    "--mantine-color-default-border": token("line2"),
    "--mantine-color-disabled": token("sunken"),
    "--mantine-color-disabled-color": token("text3"),
    "--mantine-color-disabled-border": token("line"),
    "--mantine-primary-color-filled": token("accent-solid"),
    "--mantine-primary-color-filled-hover": token("accent-solid-hover"),
    "--mantine-primary-color-contrast": token("on-accent"),
    "--mantine-color-accent-filled": token("accent-solid"),
    "--mantine-color-accent-filled-hover": token("accent-solid-hover"),
    "--mantine-color-accent-light": token("tint"),
    "--mantine-color-accent-light-hover": token("tint"),
    "--mantine-color-accent-light-color": token("accent"),
    "--mantine-color-accent-outline": token("accent"),
    "--mantine-color-accent-outline-hover": token("tint"),
    "--mantine-color-accent-text": token("accent"),
    "--mantine-color-red-filled": token("bad-dot"),
    "--mantine-color-red-light": token("bad-tint"),
    "--mantine-color-red-light-color": token("bad"),
    "--mantine-color-red-outline": token("bad"),
    "--mantine-color-red-outline-hover": token("bad-tint"),
    "--mantine-color-red-text": token("bad"),
    "--mantine-color-gray-light": token("hover"),
    "--mantine-color-gray-light-hover": token("hover"),
    "--mantine-color-gray-light-color": token("text2"),
    "--mantine-color-gray-text": token("text2"),
    "--mantine-shadow-sm": token("shadow"),
    "--mantine-shadow-md": token("shadow"),
  };
  return { variables: {}, light: shared, dark: shared };
};
