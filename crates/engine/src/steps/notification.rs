//! `notification`: words to people on their desktops or by email, or to a program by a signed webhook.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use muster_channels::http::{HttpError, HttpRequest};
use muster_channels::{OutboundMessage, Outcome as Sent};
use muster_domain::channel::Channel;
use muster_domain::email_address::EmailAddress;
use muster_domain::job::action::{Notification, NotificationChannel};
use muster_domain::job::limits::MAX_RECIPIENTS;
use muster_domain::job::reference::{fill, fill_text};
use muster_domain::job::workflow::Outcome;
use muster_domain::time::{SECOND, rfc3339};
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::{Done, Note, Try, api_call, fault, sentence, trouble};

impl Try<'_> {
    pub(super) async fn notification(&mut self, notification: &Notification) -> Done<Outcome> {
        let values = &self.order.values;
        let subject = fill_text(&notification.subject, values).replace(['\r', '\n'], " ");
        let message = fill_text(&notification.message, values);
        let told = match notification.channel {
            NotificationChannel::Desktop => {
                let note = Note { title: subject, body: message, execution: self.order.execution };
                self.steps.ports.tell(self.order.ws, note).await.map_err(trouble)?;
                self.talk.info("Told those who look after jobs.").await;
                1
            }
            NotificationChannel::Email => self.email(&self.recipients(notification)?, &subject, &message).await?,
            NotificationChannel::Webhook => {
                self.webhook(notification, &subject, &message).await?;
                1
            }
        };
        self.measured.rows_processed = told;
        let output: Map<String, Value> = [(String::from("told"), Value::from(told))].into_iter().collect();
        Ok(Outcome { rows: Some(told), output, ..Outcome::default() })
    }

    /// Whom to write to. A parameter may name one person or several.
    fn recipients(&self, notification: &Notification) -> Done<Vec<String>> {
        let mut recipients: Vec<String> = Vec::new();
        for template in &notification.recipients {
            let filled = fill(&Value::String(template.clone()), &self.order.values);
            let list = if let Value::Array(list) = filled { list } else { vec![filled] };
            for value in list {
                let text = value.as_str().unwrap_or_default();
                let address =
                    EmailAddress::parse(text).map_err(|_| fault(format!("“{text}” is not an email address.")))?;
                let address = address.to_string();
                if !recipients.contains(&address) {
                    recipients.push(address);
                }
            }
        }
        match recipients.len() {
            0 => Err(fault("Nobody is named to write to: the step needs recipients.")),
            found if found > MAX_RECIPIENTS => {
                Err(fault(format!("At most {MAX_RECIPIENTS} people are written to, not {found}.")))
            }
            _ => Ok(recipients),
        }
    }

    /// One message to each, through the workspace's provider. Gives how many it took.
    async fn email(&mut self, recipients: &[String], subject: &str, message: &str) -> Done<i64> {
        let active = self.steps.senders.pick(self.order.ws, Channel::Email, None).await.map_err(sentence)?;
        let host = active.from.rsplit_once('@').map_or("muster.invalid", |(_, host)| host.trim_end_matches('>'));
        let step = &self.order.step().step_code;
        let batch = recipients.iter().enumerate().map(|(number, to)| {
            let reference = format!("job:{}:{step}", self.order.execution);
            let mut mail = OutboundMessage::new(Channel::Email, reference, to.clone(), message);
            mail.from = active.from.clone();
            mail.from_name = active.from_name.clone();
            mail.subject = Some(subject.to_owned());
            // The same on every attempt, so that a mailbox may know a repetition.
            mail.message_id = format!("j{}.{}.{number}@{host}", self.order.execution.simple(), self.order.at);
            mail.headers.push((String::from("Auto-Submitted"), String::from("auto-generated")));
            mail.date_ms = self.steps.clock.now();
            mail
        });
        let batch: Vec<OutboundMessage> = batch.collect();
        let outcomes = self.within(async { Ok(active.sender.send(batch).await) }).await?;
        let mut failures = Vec::new();
        for (to, outcome) in recipients.iter().zip(&outcomes) {
            match outcome {
                Sent::Accepted { .. } => self.talk.info(&format!("Sent to {to}.")).await,
                Sent::Unknown { reason } => failures.push(format!("It may or may not have reached {to}: {reason}.")),
                other => {
                    let reason = other.reason().map_or_else(String::new, ToString::to_string);
                    failures.push(format!("It was not sent to {to}: {reason}."));
                }
            }
        }
        if outcomes.len() < recipients.len() {
            failures.push(String::from("The provider did not say what became of every message."));
        }
        if failures.is_empty() {
            Ok(i64::try_from(recipients.len()).unwrap_or(i64::MAX))
        } else {
            Err(fault(failures.join(" ")))
        }
    }

    /// A POST in the form of Standard Webhooks, signed where there is a secret.
    async fn webhook(&mut self, notification: &Notification, subject: &str, message: &str) -> Done<()> {
        let url = api_call::address(notification.url.as_deref().unwrap_or_default(), &self.order.values)?;
        let now = self.steps.clock.now();
        let body = json!({
            "type": "job.notification",
            "timestamp": rfc3339(now),
            "data": { "subject": subject, "message": message, "jobCode": self.order.job.code, "jobName": self.order.job.name,
                "stepCode": self.order.step().step_code, "executionId": self.order.execution },
        })
        .to_string();
        // The same on every attempt: the receiver may know a repetition by it.
        let id = format!("{}.{}", self.order.execution, self.order.step().step_code);
        let seconds = (now / SECOND).to_string();
        let mut headers = vec![
            (String::from("Content-Type"), String::from("application/json")),
            (String::from("webhook-id"), id.clone()),
            (String::from("webhook-timestamp"), seconds.clone()),
        ];
        if let Some(name) = &notification.secret {
            let secret = self.secret(name).await?;
            headers.push((String::from("webhook-signature"), signature(secret.expose_secret(), &id, &seconds, &body)));
        }
        let (client, _) = self.http().await?;
        self.talk.info(&format!("Telling {}.", url.host_str().unwrap_or_default())).await;
        let request = HttpRequest { method: reqwest::Method::POST, url, headers, body };
        let sent = async {
            client.send(request).await.map_err(|error| match error {
                HttpError::NotSent(text) => fault(format!("The webhook was not called: {text}.")),
                HttpError::NoAnswer(text) => {
                    fault(format!("The webhook may have been called, but did not answer: {text}."))
                }
            })
        };
        let answer = self.within(sent).await?;
        if answer.status.is_success() {
            Ok(())
        } else {
            Err(fault(format!(
                "The webhook answered {}. Look at its address, and whether it knows the secret.",
                answer.status
            )))
        }
    }
}

/// `v1,…` of Standard Webhooks: HMAC-SHA256 over id, timestamp and body. A secret in their form (`whsec_` and base64) is
/// decoded; any other counts as it stands.
fn signature(secret: &str, id: &str, seconds: &str, body: &str) -> String {
    let decoded = secret.trim().strip_prefix("whsec_").and_then(|coded| STANDARD.decode(coded).ok());
    let key = decoded.unwrap_or_else(|| secret.as_bytes().to_vec());
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return String::new() };
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_is_signed_as_others_check_it() {
        // The example of the specification, computed with Python's hmac.
        let signed = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
