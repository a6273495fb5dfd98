//! Email by SMTP.

mod address;
mod classify;
mod config;
mod connection;
mod mime;
mod pool;
mod smtp;
mod stream;
mod tls;

pub use config::{SmtpConfig, SmtpCredentials, Tls};
pub use mime::build as build_mime;
pub use smtp::SmtpSender;
