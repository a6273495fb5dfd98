//! Takes away what the mail client added to a reply: the quoted message, its header, the signature.

use super::normalise::normalise;

/// The text that the person wrote, without quoted text and signature.
///
/// When nothing else is left (somebody answered inside or below the quote), the text without quote
/// marks is returned, so that an answer never disappears.
pub fn strip(body: &str) -> String {
    let text = body.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.lines().take(2_000).collect();
    let end = quote_start(&lines);
    let kept: Vec<&str> = lines[..end].iter().copied().filter(|l| !is_quoted(l)).collect();
    let own = join(&kept[..signature_start(&kept)]);
    if !own.is_empty() {
        return own;
    }
    let below: Vec<&str> =
        lines.iter().copied().filter(|l| !is_quoted(l) && !is_boundary(l) && !is_attribution(l)).collect();
    join(&below[..signature_start(&below)])
}

fn join(lines: &[&str]) -> String {
    lines.join("\n").trim().to_owned()
}

fn is_quoted(line: &str) -> bool {
    line.trim_start().starts_with(['>', '|'])
}

/// The line at which the quoted message begins, or the number of lines.
fn quote_start(lines: &[&str]) -> usize {
    for (i, line) in lines.iter().enumerate() {
        if is_boundary(line) || is_attribution(line) || is_header_block(&lines[i..]) {
            return i;
        }
        // An attribution broken over two or three lines: "On Mon … Jane <jane@…>" / "wrote:".
        let opens = opens_attribution(&normalise(line));
        if opens && (2..=3).any(|n| lines.get(i..i + n).is_some_and(|w| is_attribution(&w.join(" ")))) {
            return i;
        }
    }
    lines.len()
}

/// A line that a mail client puts between the answer and the message it answers.
fn is_boundary(line: &str) -> bool {
    let trimmed = line.trim();
    // Outlook draws a rule of underscores; a reply delimiter of ours or of a help desk says so itself.
    if trimmed.len() >= 10 && trimmed.chars().all(|c| c == '_') {
        return true;
    }
    let text = normalise(trimmed.trim_matches(['-', '_', '=', ' ', '*', '#']));
    let dashed = trimmed.starts_with("--") || trimmed.starts_with("==") || trimmed.starts_with("##");
    const RULED: [&str; 12] = [
        "original message",
        "original appointment",
        "forwarded message",
        "reply message",
        "message d'origine",
        "message original",
        "message initial",
        "message transfere",
        "ujumbe asili",
        "ujumbe wa awali",
        "ujumbe uliotumwa mbele",
        "please type your reply above this line",
    ];
    dashed && RULED.iter().any(|m| text.starts_with(m))
}

const OPENERS: [&str; 5] = ["on ", "le ", "mnamo ", "tarehe ", "am "];

fn opens_attribution(text: &str) -> bool {
    OPENERS.iter().any(|o| text.starts_with(o)) || text.contains('@')
}

/// "On Mon, 5 Jan 2026 at 10:00, Jane <jane@example.com> wrote:" in en, fr, sw.
fn is_attribution(line: &str) -> bool {
    let text = normalise(line);
    if !text.ends_with(':') || text.len() > 300 {
        return false;
    }
    const VERBS: [&str; 8] =
        [" wrote", " a ecrit", " ecrivait", " aliandika", " ameandika", " wameandika", " aliandika hivi", " schrieb"];
    let says = text.trim_end_matches([':', ' ']);
    VERBS.iter().any(|v| says.ends_with(v)) && (opens_attribution(&text) || text.chars().any(|c| c.is_ascii_digit()))
}

/// Outlook's block of headers: `From:` followed within three lines by a date, an addressee or a subject.
fn is_header_block(lines: &[&str]) -> bool {
    let head = |line: &str, names: &[&str]| {
        let text = normalise(line.trim_matches([' ', '*']));
        names.iter().any(|n| text.starts_with(n) && text[n.len()..].trim_start_matches(['*', ' ']).starts_with(':'))
    };
    let Some(first) = lines.first() else { return false };
    head(first, &["from", "de", "kutoka", "mtumaji"])
        && lines.iter().skip(1).take(3).any(|l| {
            head(l, &["sent", "date", "to", "subject", "envoye", "a", "objet", "imetumwa", "tarehe", "kwa", "mada"])
        })
}

/// The line at which the signature begins, or the number of lines.
fn signature_start(lines: &[&str]) -> usize {
    for (i, line) in lines.iter().enumerate() {
        if *line == "-- " || *line == "--" || is_device_line(line) {
            return i;
        }
        // A closing with nothing but a few short lines after it. The closing goes too, unless it is
        // all there is ("Thanks" alone is an answer).
        let rest = &lines[i + 1..];
        let short = rest.len() <= 8 && rest.iter().all(|l| l.trim().chars().count() <= 60 && !l.contains('?'));
        if i > 0 && is_closing(line) && short && lines[..i].iter().any(|l| !l.trim().is_empty()) {
            return i;
        }
    }
    lines.len()
}

fn is_device_line(line: &str) -> bool {
    const STARTS: [&str; 14] = [
        "sent from my ",
        "sent from outlook",
        "sent from yahoo",
        "sent from mail for",
        "sent via ",
        "get outlook for ",
        "envoye de mon ",
        "envoye depuis ",
        "envoye a partir de ",
        "telecharger outlook",
        "obtenir outlook",
        "imetumwa kutoka ",
        "imetumwa kwa ",
        "pata outlook",
    ];
    let text = normalise(line);
    STARTS.iter().any(|s| text.starts_with(s)) && text.len() < 120
}

fn is_closing(line: &str) -> bool {
    const CLOSINGS: [&str; 26] = [
        "regards",
        "kind regards",
        "best regards",
        "warm regards",
        "best",
        "many thanks",
        "thanks",
        "thank you",
        "thanks and regards",
        "cheers",
        "sincerely",
        "yours sincerely",
        "yours faithfully",
        "yours truly",
        "cordialement",
        "bien cordialement",
        "bien a vous",
        "salutations",
        "sinceres salutations",
        "merci",
        "wako mwaminifu",
        "wako",
        "asante",
        "asante sana",
        "salamu",
        "kwa heshima",
    ];
    let text = normalise(line);
    CLOSINGS.contains(&text.trim_end_matches([',', '.', '!', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_mail_client_is_understood() {
        let cases = [
            (
                "Yes, interested!\n\nOn Mon, 5 Jan 2026 at 10:00, Acme <a@b.c> wrote:\n> Hello\n> unsubscribe",
                "Gmail en",
            ),
            (
                "Yes, interested!\r\n\r\nOn Mon, 5 Jan 2026 at 10:00, A very long sender name\r\n<sender@example.com> wrote:\r\n> Hi",
                "Gmail, broken line",
            ),
            ("Yes, interested!\n\nLe lun. 5 janv. 2026 à 10:00, Acme <a@b.c> a écrit :\n> Bonjour", "Gmail fr"),
            ("Yes, interested!\n\nMnamo Jtt, 5 Jan 2026 saa 10:00 Acme <a@b.c> aliandika:\n> Habari", "Gmail sw"),
            ("Yes, interested!\n\n-----Original Message-----\nFrom: Acme\nSent: Monday", "Outlook classic"),
            (
                "Yes, interested!\n\n________________________________\nFrom: Acme <a@b.c>\nSent: Monday\nTo: Bob\nSubject: Hi\n\nUnsubscribe here",
                "Outlook web",
            ),
            (
                "Yes, interested!\n\nFrom: Acme <a@b.c>\nDate: Monday, 5 January 2026\nTo: Bob\nSubject: Hi",
                "Outlook Mac",
            ),
            ("Yes, interested!\n\nDe : Acme <a@b.c>\nEnvoyé : lundi 5 janvier\nÀ : Bob\nObjet : Bonjour", "Outlook fr"),
            ("Yes, interested!\n\n*From:* Acme <a@b.c>\n*Sent:* Monday", "Outlook bold"),
            ("Yes, interested!\n\n-- \nJohn Smith\nBroker", "signature mark"),
            ("Yes, interested!\n\nKind regards,\nJohn Smith\n+254 700 000 000", "closing"),
            ("Yes, interested!\n\nCordialement,\nJean", "closing fr"),
            ("Yes, interested!\n\nSent from my iPhone", "phone"),
            ("Yes, interested!\n\nEnvoyé de mon iPhone", "phone fr"),
            ("Yes, interested!\n\nImetumwa kutoka simu yangu", "phone sw"),
            ("> Are you in?\nYes, interested!\n> More text", "answer inside the quote"),
            ("On Mon, 5 Jan 2026, Acme <a@b.c> wrote:\n> Are you in?\n\nYes, interested!", "answer below the quote"),
        ];
        for (body, what) in cases {
            assert_eq!(strip(body), "Yes, interested!", "{what}");
        }
    }

    #[test]
    fn what_people_write_stays() {
        for body in [
            "Thanks",
            "On Monday I wrote to you.\nPlease call.",
            "From my side: yes\nCall me",
            "Merci,\nquel est le prix ?",
        ] {
            assert_eq!(strip(body), body);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken(body in "(?s).{0,400}") {
            let _ = strip(&body);
        }

        #[test]
        fn stripping_twice_changes_nothing_more(body in "[a-z >:\n-]{0,200}") {
            let once = strip(&body);
            prop_assert!(strip(&once).len() <= once.len());
        }
    }
}
