//! Providers that are spoken to over HTTP.

mod africas_talking;
mod client;
mod guard;
mod provider;
mod template;
mod twilio;
mod verdict;

pub use africas_talking::AfricasTalking;
pub use client::{HttpAnswer, HttpClient, HttpError, HttpRequest, chain};
pub use guard::{Reach, connect, is_public};
pub use provider::{Dialect, HttpLimits, HttpProvider};
pub use template::{HttpTemplate, Success, TemplateError, TemplateSender};
pub use twilio::Twilio;
