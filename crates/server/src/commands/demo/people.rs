//! The customers of the demo besides the messy file: enough of them to be interrupted.

use std::fmt::Write;

use muster_domain::clock::Millis;
use muster_domain::time::{DAY, rfc3339};

/// How many.
pub(super) const PEOPLE: i64 = 1_500;

/// The spreadsheet that an office would hand over.
pub(super) fn spreadsheet(now: Millis) -> String {
    let mut text = String::from(
        "Customer ID,First name,Last name,E-mail,Mobile,Town,Tier,Client type,Language,Channel,Balance,Currency,Last purchase,Opted out\n",
    );
    for n in 0..PEOPLE {
        let bought = rfc3339(now - (n % 25) * DAY);
        let channel = if by_mail(n) { "email" } else { "sms" };
        let language = if n % 3 == 0 { "sw" } else { "en" };
        let _ = writeln!(
            text,
            "D{n:05},Demo{n},Person,demo{n}@example.org,+2547{:08},Nairobi,VIP,Retail,{language},{channel},100.00,KES,{},{}",
            20_000_000 + n,
            &bought[..10],
            if has_opted_out(n) { "yes" } else { "no" },
        );
    }
    text
}

/// Whether the customer prefers email.
pub(super) fn by_mail(n: i64) -> bool {
    n % 5 != 4
}

/// Whether the customer said no to everything.
pub(super) fn has_opted_out(n: i64) -> bool {
    n % 50 == 7
}
