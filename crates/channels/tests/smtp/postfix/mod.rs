//! A real Postfix of our own: `smtpd` in front, a maildir behind, everything in one temporary folder.
//!
//! Unlike `smtp-sink` it means what it announces: it reads `BDAT`, keeps its limits, checks passwords and certificates,
//! and what it delivers is what it understood.

mod answers;
mod bytes;
mod protected;
mod sasl;

use std::{
    fmt::Write as _,
    fs,
    net::TcpListener,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use muster_channels::email::SmtpConfig;
use tempfile::TempDir;

use crate::relay;

/// What is the same for all of them: mail of `example.com` is kept, of `grey@` later, of `customer…` at once.
const MAIN: &str = "
compatibility_level = 3.6
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.muster.test
mydestination =
local_recipient_maps =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
smtpd_peername_lookup = no
smtpd_error_sleep_time = 0
smtputf8_enable = yes
local_header_rewrite_clients =
virtual_mailbox_domains = example.com
virtual_minimum_uid = 1
smtpd_recipient_restrictions =
    check_recipient_access inline:{{grey@example.com=450 4.2.0 Greylisted}}, permit_sasl_authenticated, reject_unauth_destination
";

/// The programs behind `smtpd`.
const SERVICES: &str = "
cleanup  unix n - n - 0 cleanup
qmgr     unix n - n 300 1 qmgr
rewrite  unix - - n - - trivial-rewrite
virtual  unix - n n - - virtual
bounce   unix - - n - 0 bounce
defer    unix - - n - 0 bounce
trace    unix - - n - 0 bounce
error    unix - - n - - error
retry    unix - - n - - error
anvil    unix - - n - 1 anvil
tlsmgr   unix - - n 1000? 1 tlsmgr
postlog  unix-dgram n - n - 1 postlogd
";

pub struct Postfix {
    master: Child,
    home: TempDir,
    ports: Vec<u16>,
}

impl Postfix {
    /// A folder for one that is not running yet; `queue/private` is there.
    fn home() -> TempDir {
        // Not below a folder of this user's alone: postfix's own user has to come in.
        let home = tempfile::Builder::new().prefix("muster-postfix").tempdir_in("/tmp").unwrap();
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let (user, group) = owner();
        for (name, mode) in [("data", 0o700), ("kept", 0o755), ("queue", 0o755), ("queue/pid", 0o755)] {
            make(&home.path().join(name), mode, (name != "queue" && name != "queue/pid").then_some((user, group)));
        }
        for name in [
            "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved",
            "trace",
        ] {
            make(&home.path().join("queue").join(name), 0o700, Some((user, group)));
        }
        for name in ["public", "maildrop"] {
            make(&home.path().join("queue").join(name), 0o730, Some((user, group)));
        }
        home
    }

    /// One that listens on a port for each of `listeners`: settings of its `smtpd` beside those that all have.
    pub async fn start(listeners: &[&[&str]]) -> Postfix {
        Self::start_in(Self::home(), listeners).await
    }

    async fn start_in(home: TempDir, listeners: &[&[&str]]) -> Postfix {
        let ports: Vec<u16> = {
            let held: Vec<_> = listeners.iter().map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
            held.iter().map(|one| one.local_addr().unwrap().port()).collect()
        };
        let (user, group) = owner();
        let at = home.path().display();
        let mut main = String::from(MAIN);
        let folders = format!(
            "queue_directory = {at}/queue\ndata_directory = {at}/data\nmaillog_file = {at}/log\nmaillog_file_prefixes = /tmp\n\
             virtual_mailbox_base = {at}/kept\nvirtual_mailbox_maps = regexp:{at}/mailboxes\n\
             virtual_uid_maps = static:{user}\nvirtual_gid_maps = static:{group}\n"
        );
        main.push_str(&folders);
        let mut services = String::from(SERVICES);
        for (port, settings) in ports.iter().zip(listeners) {
            write!(services, "127.0.0.1:{port} inet n - n - - smtpd").unwrap();
            for setting in *settings {
                write!(services, " -o {{ {} }}", setting.replace("HOME", &at.to_string())).unwrap();
            }
            services.push('\n');
        }
        fs::write(home.path().join("mailboxes"), "/^(customer|j..?rgen)/ mail/\n").unwrap();
        fs::write(home.path().join("main.cf"), main).unwrap();
        fs::write(home.path().join("master.cf"), services).unwrap();
        let master = Command::new("/usr/lib/postfix/sbin/master")
            .arg("-c")
            .arg(home.path())
            .arg("-d")
            .stderr(Stdio::inherit())
            // Its own group: it ends its programs by ending its group.
            .process_group(0)
            .spawn()
            .expect("master of Debian's postfix package");
        let postfix = Postfix { master, home, ports };
        for port in &postfix.ports {
            wait(&format!("postfix to listen on {port}"), || {
                std::net::TcpStream::connect(("127.0.0.1", *port)).is_ok()
            })
            .await;
        }
        postfix
    }

    /// How the listener of this number is reached.
    pub fn relay(&self, listener: usize) -> SmtpConfig {
        SmtpConfig {
            command_timeout: Duration::from_secs(20),
            data_timeout: Duration::from_secs(20),
            ..relay(self.ports[listener])
        }
    }

    /// The mail that was delivered, as soon as there is so much of it: what Postfix put before it, then the message,
    /// with the line ends of the wire.
    pub async fn mail(&self, count: usize) -> Vec<String> {
        let folder = self.home.path().join("kept/mail/new");
        let files = || -> Vec<PathBuf> {
            fs::read_dir(&folder).map(|all| all.map(|one| one.unwrap().path()).collect()).unwrap_or_default()
        };
        wait(&format!("{count} mails"), || files().len() >= count).await;
        let mail = files();
        assert_eq!(mail.len(), count, "{}", self.log());
        mail.iter().map(|file| fs::read_to_string(file).unwrap().replace('\n', "\r\n")).collect()
    }

    /// Waits until Postfix has written this into its log.
    pub async fn says(&self, words: &str) {
        wait(words, || self.log().contains(words)).await;
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.home.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.master.id().to_string()]).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.master.kill();
        }
        let _ = self.master.wait();
    }
}

/// The message of a mail: what follows the fields that Postfix put before it.
pub fn message(mail: &str) -> &str {
    let trace = mail.find("\r\nReceived: ").expect("a field of postfix's") + 2;
    let mut end = trace;
    for line in mail[trace..].split_inclusive("\r\n") {
        if end > trace && !line.starts_with(['\t', ' ']) {
            break;
        }
        end += line.len();
    }
    &mail[end..]
}

/// Whom Postfix delivered a mail to.
pub fn recipient(mail: &str) -> &str {
    let line = mail.lines().find_map(|line| line.strip_prefix("X-Original-To: "));
    line.expect("postfix says whom it was for")
}

/// Uid and gid of Postfix's own user.
fn owner() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let line = users.lines().find(|line| line.starts_with("postfix:")).expect("the user of Debian's postfix package");
    let ids: Vec<u32> = line.split(':').skip(2).take(2).map(|id| id.parse().unwrap()).collect();
    (ids[0], ids[1])
}

fn make(folder: &Path, mode: u32, owner: Option<(u32, u32)>) {
    fs::create_dir_all(folder).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
    if let Some((user, group)) = owner {
        std::os::unix::fs::chown(folder, Some(user), Some(group)).expect("only root may start a Postfix");
    }
}

async fn wait(what: &str, is_there: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if is_there() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited too long for {what}");
}
