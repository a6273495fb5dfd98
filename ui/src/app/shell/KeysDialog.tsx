import { Modal, Switch } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { t } from "../../shared/i18n";
import { activeShortcuts, Keys, setSingleKeys, singleKeysOn } from "../../shared/keys";
import { KeyValue } from "../../shared/ui/KeyValue";
import { SectionTitle } from "../../shared/ui/Page";

/** All keys that work here, read from the registry the moment it opens. */
export function KeysDialog(props: { opened: boolean; onClose: () => void }): ReactNode {
  const [single, setSingle] = useState(singleKeysOn);
  const groups = Object.groupBy(activeShortcuts().reverse(), ({ group }) => group);
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={t("Keys")} size="md">
      {Object.entries(groups).map(([group, shortcuts]) => (
        <section key={group} style={{ marginBottom: 16 }}>
          <SectionTitle title={group} />
          <KeyValue
            labelWidth="1fr"
            rows={(shortcuts ?? []).map(({ keys, label }) => ({
              label,
              value: <Keys of={keys} />,
            }))}
          />
        </section>
      ))}
      <Switch
        checked={single}
        label={t("Single-letter keys")}
        onChange={(event) => {
          setSingle(event.currentTarget.checked);
          setSingleKeys(event.currentTarget.checked);
        }}
      />
    </Modal>
  );
}
