import { Menu, useMantineColorScheme } from "@mantine/core";
import {
  IconCheck,
  IconDeviceDesktop,
  IconKey,
  IconLogout,
  IconMoon,
  IconSun,
} from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { remove, useSession } from "../../shared/api";
import { language, languages, setLanguage, t } from "../../shared/i18n";
import { Person } from "../../shared/ui/Person";
import { PasswordDialog } from "./PasswordDialog";
import classes from "./shell.module.css";

const tick = (on: boolean) => (on ? <IconCheck size={14} aria-hidden /> : null);

/** Oneself: appearance, language, sign out. */
export function UserMenu(): ReactNode {
  const user = useSession()?.user;
  const [changing, setChanging] = useState(false);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const schemes = [
    { value: "light", label: t("Light"), icon: <IconSun size={15} stroke={1.6} /> },
    { value: "dark", label: t("Dark"), icon: <IconMoon size={15} stroke={1.6} /> },
    {
      value: "auto",
      label: t("As the system"),
      icon: <IconDeviceDesktop size={15} stroke={1.6} />,
    },
  ] as const;
  const signOut = async () => {
    await remove("/session");
    // A full load: nothing of the one who left stays in memory.
    window.location.assign("/sign-in");
  };
  return (
    <>
      <PasswordDialog opened={changing} onClose={() => setChanging(false)} />
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <button type="button" className={classes.me} aria-label={t("You and your settings")}>
            <Person name={user?.name ?? "?"} only="avatar" />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {user && <Menu.Label>{`${user.name} · ${user.email}`}</Menu.Label>}
          {schemes.map((scheme) => (
            <Menu.Item
              key={scheme.value}
              leftSection={scheme.icon}
              rightSection={tick(colorScheme === scheme.value)}
              onClick={() => setColorScheme(scheme.value)}
            >
              {scheme.label}
            </Menu.Item>
          ))}
          <Menu.Divider />
          {languages.map((choice) => (
            <Menu.Item
              key={choice.value}
              rightSection={tick(language() === choice.value)}
              onClick={() => setLanguage(choice.value)}
            >
              {choice.label}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconKey size={15} stroke={1.6} />}
            onClick={() => setChanging(true)}
          >
            {t("Change password…")}
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={15} stroke={1.6} />} onClick={signOut}>
            {t("Sign out")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
