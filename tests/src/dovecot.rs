//! A real Dovecot of our own: mailboxes in one temporary folder, read by IMAP.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use muster_domain::clock::Millis;
use tempfile::TempDir;

use crate::authority::authority;

/// The password of every mailbox.
pub const PASSWORD: &str = "sesame";
/// Whose the mail is: Dovecot reads none as root. `nobody`, on Debian.
const OWNER: u32 = 65_534;

/// Dovecot on loopback, for whoever says the password. It ends with the test.
pub struct Dovecot {
    master: Child,
    home: TempDir,
    /// In clear, with STARTTLS.
    pub port: u16,
    /// TLS from the first byte; the certificate is of [`authority`].
    pub secure_port: u16,
    count: AtomicU32,
}

impl Dovecot {
    /// Starts one; only root may.
    pub fn start() -> Self {
        let home = tempfile::Builder::new().prefix("muster-dovecot").tempdir_in("/tmp").expect("a folder");
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).expect("a folder for all");
        let free = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
        let [port, secure_port] = free.map(|free| free.local_addr().expect("an address").port());
        let identity = authority().sign("127.0.0.1");
        for (name, pem) in [("certificate", identity.certificate), ("key", identity.key)] {
            fs::write(home.path().join(name), pem).expect("a file");
        }
        let at = home.path().display();
        let config = format!(
            "base_dir = {at}/run\nstate_dir = {at}/state\ninstance_name = muster-{port}\nlog_path = {at}/log\n\
             protocols = imap\nlisten = 127.0.0.1\nssl = yes\nssl_cert = <{at}/certificate\nssl_key = <{at}/key\ndisable_plaintext_auth = no\nauth_failure_delay = 0\n\
             mail_location = maildir:{at}/mail/%u\nfirst_valid_uid = {OWNER}\nfirst_valid_gid = {OWNER}\n\
             passdb {{\n  driver = static\n  args = password={PASSWORD}\n}}\n\
             userdb {{\n  driver = static\n  args = uid={OWNER} gid={OWNER} home={at}/mail/%u\n}}\n\
             service imap-login {{\n  chroot =\n  inet_listener imap {{\n    port = {port}\n  }}\n  inet_listener imaps {{\n    port = {secure_port}\n    ssl = yes\n  }}\n}}\n"
        );
        fs::write(home.path().join("dovecot.conf"), config).expect("a file");
        owned(&home.path().join("mail"));
        let master = Command::new("/usr/sbin/dovecot")
            .arg("-F")
            .arg("-c")
            .arg(home.path().join("dovecot.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("dovecot-imapd, which scripts/setup.sh installs");
        let started = Self { master, home, port, secure_port, count: AtomicU32::new(0) };
        for _ in 0..1_000 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return started;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("Dovecot does not listen: {}", fs::read_to_string(started.home.path().join("log")).unwrap_or_default());
    }

    fn inbox(&self, user: &str) -> PathBuf {
        let mail = self.home.path().join("mail").join(user);
        owned(&mail);
        for folder in ["cur", "new", "tmp"] {
            owned(&mail.join(folder));
        }
        mail
    }

    /// Puts a mail into somebody's inbox, as if it had arrived at a moment.
    pub fn deliver(&self, user: &str, mail: &str, at: Millis) {
        let inbox = self.inbox(user);
        // Dovecot numbers what is new by the names of its files.
        let number = self.count.fetch_add(1, Ordering::SeqCst);
        let waiting = inbox.join("tmp").join(format!("{}.m{number}.test", 1_700_000_000 + number));
        fs::write(&waiting, mail.replace('\n', "\r\n")).expect("a mail");
        chown(&waiting, Some(OWNER), Some(OWNER)).expect("only root may start a Dovecot");
        let arrived = SystemTime::UNIX_EPOCH + Duration::from_millis(at.unsigned_abs());
        fs::File::options().write(true).open(&waiting).and_then(|file| file.set_modified(arrived)).expect("its time");
        let name = waiting.file_name().expect("a name").to_owned();
        fs::rename(&waiting, inbox.join("new").join(name)).expect("a delivery");
    }

    /// Numbers the mail of an inbox anew, as a server does after its index was lost: another UIDVALIDITY.
    pub fn renumber(&self, user: &str) {
        let inbox = self.inbox(user);
        for entry in fs::read_dir(&inbox).expect("an inbox").flatten() {
            if entry.file_name().to_string_lossy().starts_with("dovecot") {
                fs::remove_file(entry.path()).expect("an index");
            }
        }
        // Its first line: version, validity, the next number.
        fs::write(inbox.join("dovecot-uidlist"), "3 V1234567 N1 G0123456789abcdef0123456789abcdef\n").expect("a file");
        chown(inbox.join("dovecot-uidlist"), Some(OWNER), Some(OWNER)).expect("an owner");
    }

    /// How many mails of an inbox were marked as read.
    pub fn seen(&self, user: &str) -> usize {
        let files = ["cur", "new"].map(|folder| fs::read_dir(self.inbox(user).join(folder)).expect("a folder"));
        let names = files.into_iter().flatten().flatten().map(|file| file.file_name().to_string_lossy().into_owned());
        names.filter(|name| name.rsplit_once(":2,").is_some_and(|(_, flags)| flags.contains('S'))).count()
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.master.id().to_string()]).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.master.kill();
        }
        let _ = self.master.wait();
    }
}

fn owned(folder: &Path) {
    fs::create_dir_all(folder).expect("a folder");
    chown(folder, Some(OWNER), Some(OWNER)).expect("only root may start a Dovecot");
}
