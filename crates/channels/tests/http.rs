//! SMS providers over HTTP, against a real HTTP server on loopback, misbehaviour included.

use std::time::{Duration, Instant};

use muster_channels::{
    Channel, OutboundMessage, Outcome, ProbeError, ProviderInfo, RetryScope, Sender,
    http::{AfricasTalking, Dialect, HttpLimits, HttpProvider, HttpTemplate, Reach, Success, TemplateSender, Twilio},
};
use serde_json::json;
use tokio::{io::AsyncReadExt, io::AsyncWriteExt, net::TcpListener};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_string, header, method, path, query_param},
};

fn sms(text: &str) -> OutboundMessage {
    OutboundMessage {
        sender_id: Some("TELCO".into()),
        message_id: "c1.1@muster.example".into(),
        ..OutboundMessage::new(Channel::Sms, "c1/1", "+254711000001", text)
    }
}

fn provider(dialect: impl Dialect + 'static) -> HttpProvider {
    let info = ProviderInfo {
        id: "p1".into(),
        name: "Route 1".into(),
        kind: "http",
        channels: vec![Channel::Sms],
        concurrency: 0,
        max_batch: 0,
    };
    let limits = HttpLimits { concurrency: 4, timeout: Duration::from_millis(400), reach: Reach::PublicAndLoopback };
    HttpProvider::new(info, limits, Box::new(dialect)).unwrap()
}

fn twilio(server: &str) -> Twilio {
    Twilio {
        base_url: server.parse().unwrap(),
        account_sid: "AC1".into(),
        auth_token: "token".into(),
        default_from: "+15005550006".into(),
        status_callback: None,
    }
}

fn africas_talking(server: &str) -> AfricasTalking {
    AfricasTalking {
        base_url: server.parse().unwrap(),
        username: "muster".into(),
        api_key: "key".into(),
        default_from: String::new(),
    }
}

fn template(server: &str) -> HttpTemplate {
    HttpTemplate {
        url: format!("{server}/send?to={{{{to_digits}}}}"),
        method: "post".into(),
        headers: vec![("Authorization".into(), "Bearer {{secret}}".into())],
        content_type: "application/json".into(),
        body: r#"{"from":"{{from}}","text":"{{ text }}","id":"{{message_id}}"}"#.into(),
        success: Success { status: vec![], pointer: Some("/status".into()), equals: vec!["queued".into(), "0".into()] },
        message_id_pointer: Some("/messages/0/id".into()),
        error_pointer: Some("/error".into()),
    }
}

fn generic(template: HttpTemplate) -> TemplateSender {
    TemplateSender::new(template, "s3cret".into(), "MUSTER".into()).unwrap()
}

fn short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted { provider_message_id, .. } => {
            format!("accepted {}", provider_message_id.as_deref().unwrap_or("-"))
        }
        Outcome::Retry { scope, after, .. } => match after {
            Some(after) => format!("retry {scope:?} after {after:?}"),
            None => format!("retry {scope:?}"),
        },
        Outcome::Reject { kind, .. } => format!("reject {kind:?}"),
        Outcome::Unknown { .. } => "unknown".into(),
    }
}

/// What a provider makes of one answer of its server.
async fn made_of(answer: ResponseTemplate, provider_at: impl Fn(&str) -> HttpProvider) -> Outcome {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(answer).mount(&server).await;
    provider_at(&server.uri()).send(vec![sms("hi")]).await.remove(0)
}

fn answer(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_string(body)
}

#[tokio::test]
async fn twilio_is_asked_as_it_wants_and_its_answers_are_understood() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/2010-04-01/Accounts/AC1/Messages.json"))
        .and(header("authorization", "Basic QUMxOnRva2Vu"))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(body_string("To=%2B254711000001&From=TELCO&Body=50%25+off+%26+more"))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({"sid": "SM123", "status": "queued"})))
        .expect(1)
        .mount(&server)
        .await;
    let outcome = provider(twilio(&server.uri())).send(vec![sms("50% off & more")]).await.remove(0);
    assert_eq!(short(&outcome), "accepted SM123");

    let error = |code: u32| format!(r#"{{"code":{code},"message":"why","status":400}}"#);
    for (status, body, expected) in [
        (400, error(21211), "reject BadAddress"),
        (400, error(21610), "reject Blocked"),
        (400, error(21617), "reject Content"),
        (400, error(21606), "retry Provider"),
        (401, error(20003), "retry Provider"),
        (429, error(20429), "retry Provider"),
        (400, error(99999), "reject Other"),
        (201, "<html>fine</html>".into(), "unknown"),
    ] {
        let outcome = made_of(answer(status, &body), |uri| provider(twilio(uri))).await;
        assert_eq!(short(&outcome), expected, "{status} {body}");
    }
}

#[tokio::test]
async fn africas_talking_is_asked_as_it_wants_and_its_answers_are_understood() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/version1/messaging"))
        .and(header("apiKey", "key"))
        .and(body_string("username=muster&to=%2B254711000001&message=Habari&from=TELCO&enqueue=1"))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({"SMSMessageData": {
            "Message": "Sent to 1/1 Total Cost: KES 0.8000",
            "Recipients": [{"statusCode": 101, "number": "+254711000001", "status": "Success", "cost": "KES 0.8000", "messageId": "ATXid_1"}],
        }})))
        .expect(1)
        .mount(&server)
        .await;
    let outcome = provider(africas_talking(&server.uri())).send(vec![sms("Habari")]).await.remove(0);
    assert_eq!(short(&outcome), "accepted ATXid_1");

    let recipient = |code: u32, status: &str| {
        json!({"SMSMessageData": {"Message": "Sent to 0/1", "Recipients": [{"statusCode": code, "status": status}]}})
            .to_string()
    };
    for (status, body, expected) in [
        (201, recipient(403, "InvalidPhoneNumber"), "reject BadAddress"),
        (201, recipient(406, "UserInBlacklist"), "reject Blocked"),
        (201, recipient(405, "InsufficientBalance"), "retry Provider"),
        (201, r#"{"SMSMessageData":{"Message":"InvalidSenderId","Recipients":[]}}"#.into(), "retry Provider"),
        (401, "The supplied authentication is invalid".into(), "retry Provider"),
        (201, "oops".into(), "unknown"),
    ] {
        let outcome = made_of(answer(status, &body), |uri| provider(africas_talking(uri))).await;
        assert_eq!(short(&outcome), expected, "{status} {body}");
    }
}

#[tokio::test]
async fn a_described_provider_gets_escaped_values_and_is_judged_by_its_expression() {
    let server = MockServer::start().await;
    let text = "He said \"20% off\"\\\nbye";
    Mock::given(method("POST"))
        .and(path("/send"))
        .and(query_param("to", "254711000001"))
        .and(header("authorization", "Bearer s3cret"))
        .and(wiremock::matchers::body_json(json!({"from": "TELCO", "text": text, "id": "c1.1@muster.example"})))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"status": 0, "messages": [{"id": 77}]})))
        .expect(1)
        .mount(&server)
        .await;
    let outcome = provider(generic(template(&server.uri()))).send(vec![sms(text)]).await.remove(0);
    assert_eq!(short(&outcome), "accepted 77");

    for (status, body, expected) in [
        (200, r#"{"status":"queued"}"#, "accepted -"),
        (200, r#"{"status":"refused","error":"no credit"}"#, "reject Other"),
        (200, r#"{}"#, "reject Other"),
        (200, "<html>", "unknown"),
        (500, r#"{"error":"boom"}"#, "retry Provider"),
    ] {
        let outcome = made_of(answer(status, body), |uri| provider(generic(template(uri)))).await;
        assert_eq!(short(&outcome), expected, "{status} {body}");
    }
    let refused =
        made_of(answer(200, r#"{"status":"x","error":"no credit"}"#), |uri| provider(generic(template(uri)))).await;
    assert_eq!(refused.reason().unwrap().text, "no credit");
}

#[tokio::test]
async fn servers_in_trouble_are_told_apart() {
    let rate = ResponseTemplate::new(429).insert_header("Retry-After", "17");
    let expected = Outcome::Retry {
        after: Some(Duration::from_secs(17)),
        scope: RetryScope::Provider,
        reason: muster_channels::Reason::code(429, "no explanation"),
    };
    assert_eq!(made_of(rate, |uri| provider(twilio(uri))).await, expected);
    for (status, expected) in [
        (500, "retry Provider"),
        (503, "retry Provider"),
        (502, "unknown"),
        (504, "unknown"),
        (302, "retry Provider"),
        (413, "reject Content"),
    ] {
        let outcome = made_of(answer(status, "x"), |uri| provider(twilio(uri))).await;
        assert_eq!(short(&outcome), expected, "{status}");
    }
    // Hangs after the request was read: nobody knows.
    let begun = Instant::now();
    let hung = ResponseTemplate::new(201).set_delay(Duration::from_secs(20));
    assert_eq!(short(&made_of(hung, |uri| provider(twilio(uri))).await), "unknown");
    assert!(begun.elapsed() < Duration::from_secs(5));
    // Nobody listens: certainly not sent.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(short(&provider(twilio(&gone)).send(vec![sms("hi")]).await[0]), "retry Provider");
}

#[tokio::test]
async fn garbage_and_a_closed_connection_are_unknown() {
    for reply in ["", "I am not HTTP\r\n\r\n", "HTTP/1.1 201 Created\r\nContent-Length: 50\r\n\r\n{\"sid\":"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(reply.as_bytes()).await;
        });
        let outcome = provider(twilio(&uri)).send(vec![sms("hi")]).await.remove(0);
        assert_eq!(short(&outcome), "unknown", "{reply:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_batch_is_answered_in_order_whatever_order_the_server_answers_in() {
    let server = MockServer::start().await;
    for (text, sid, delay) in [("a", "SMa", 120), ("b", "SMb", 10), ("c", "SMc", 60)] {
        Mock::given(body_string(format!("To=%2B254711000001&From=TELCO&Body={text}")))
            .respond_with(
                ResponseTemplate::new(201).set_body_json(json!({"sid": sid})).set_delay(Duration::from_millis(delay)),
            )
            .mount(&server)
            .await;
    }
    let mut mail = sms("d");
    mail.channel = Channel::Email;
    let outcomes = provider(twilio(&server.uri())).send(vec![sms("a"), mail, sms("b"), sms("c")]).await;
    let shorts: Vec<_> = outcomes.iter().map(short).collect();
    assert_eq!(shorts, ["accepted SMa", "reject Other", "accepted SMb", "accepted SMc"]);
}

#[tokio::test]
async fn private_addresses_are_out_of_reach() {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(ResponseTemplate::new(201)).expect(0).mount(&server).await;
    let port = server.address().port();
    let info = provider(twilio(&server.uri())).describe();
    for host in ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433", "169.254.169.254", "10.0.0.1"] {
        let uri = format!("http://{host}:{port}");
        let limits = HttpLimits { timeout: Duration::from_millis(400), ..HttpLimits::default() };
        let guarded = HttpProvider::new(info.clone(), limits, Box::new(twilio(&uri))).unwrap();
        let outcome = guarded.send(vec![sms("hi")]).await.remove(0);
        assert_eq!(short(&outcome), "retry Provider", "{host}");
        assert!(outcome.reason().unwrap().text.contains("private network"), "{host}: {outcome:?}");
        let guarded = HttpProvider::new(info.clone(), limits, Box::new(generic(template(&uri)))).unwrap();
        assert!(matches!(guarded.probe().await, Err(ProbeError::Unreachable(why)) if why.contains("private network")));
    }
}

#[tokio::test]
async fn a_probe_shows_whether_the_credentials_are_good() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/2010-04-01/Accounts/AC1.json"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    assert_eq!(provider(twilio(&server.uri())).probe().await, Ok(()));
    assert_eq!(provider(generic(template(&server.uri()))).probe().await, Ok(()));
    let refused = provider(africas_talking(&server.uri())).probe().await;
    assert!(matches!(refused, Err(ProbeError::Refused(_))), "{refused:?}");
}

#[test]
fn a_template_is_checked_before_it_is_used() {
    let field = |change: fn(&mut HttpTemplate)| {
        let mut template = template("https://sms.example");
        change(&mut template);
        TemplateSender::new(template, "s".into(), "M".into()).err().map(|error| error.field)
    };
    assert_eq!(field(|_| {}), None);
    assert_eq!(field(|t| t.method = "DELETE".into()), Some("method"));
    assert_eq!(field(|t| t.body = "{{name}}".into()), Some("body"));
    assert_eq!(field(|t| t.body = "{{to".into()), Some("body"));
    assert_eq!(field(|t| t.headers[0].1 = "{{password}}".into()), Some("headers"));
    assert_eq!(field(|t| t.url = "https://{{to_digits}}.example/".into()), Some("url"));
    assert_eq!(field(|t| t.url = "ftp://sms.example/".into()), Some("url"));
    assert_eq!(field(|t| t.success.pointer = Some("status".into())), Some("success"));
}
