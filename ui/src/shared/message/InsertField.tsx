import { Button, Menu } from "@mantine/core";
import { IconBraces } from "@tabler/icons-react";
import { Fragment, type ReactNode } from "react";
import { fieldLabel } from "../format/field";
import { t } from "../i18n";
import type { InsertableField } from "./types";

interface InsertFieldProps {
  fields: InsertableField[];
  /** Names of this text's own variables. */
  variables: string[];
  /** The offer gives each customer a code. */
  hasCode: boolean;
  onInsert: (text: string) => void;
  disabled?: boolean;
}

const snippet = (field: { name: string; kind?: string }) => {
  if (field.kind === "money") return `{{ ${field.name} | money }}`;
  if (field.kind === "date") return `{{ ${field.name} | date }}`;
  return `{{ ${field.name} }}`;
};

/** Every name that can stand in a text, with the two patterns that people ask for most. */
export function InsertField(props: InsertFieldProps): ReactNode {
  const groups = [
    {
      label: t("This text’s variables"),
      of: props.variables.map((name) => ({ name, label: name })),
    },
    { label: t("Customer"), of: props.fields.filter((field) => field.group === "customer") },
    {
      label: t("Custom attributes"),
      of: props.fields.filter((field) => field.group === "attribute"),
    },
    {
      label: t("Message"),
      of: [
        ...(props.hasCode ? [{ name: "code", label: t("Code of the offer") }] : []),
        ...props.fields.filter((field) => field.group === "message"),
      ],
    },
  ];
  return (
    <Menu position="bottom-end" width={280}>
      <Menu.Target>
        <Button
          size="xs"
          variant="subtle"
          disabled={props.disabled}
          leftSection={<IconBraces size={15} stroke={1.6} />}
        >
          {t("Insert field")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={380} style={{ overflowY: "auto" }}>
        <Menu.Label>{t("Patterns")}</Menu.Label>
        <Menu.Item onClick={() => props.onInsert('{{ first_name | default("Customer") }}')}>
          {t("First name, or “Customer”")}
        </Menu.Item>
        <Menu.Item onClick={() => props.onInsert('{% if tier == "VIP" %}…{% endif %}')}>
          {t("Only for VIP customers")}
        </Menu.Item>
        {groups
          .filter((group) => group.of.length > 0)
          .map((group) => (
            <Fragment key={group.label}>
              <Menu.Label>{group.label}</Menu.Label>
              {group.of.map((field) => (
                <Menu.Item
                  key={field.name}
                  onClick={() => props.onInsert(snippet(field))}
                  rightSection={<code style={{ fontSize: 11 }}>{field.name}</code>}
                >
                  {fieldLabel(field.label)}
                </Menu.Item>
              ))}
            </Fragment>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}
