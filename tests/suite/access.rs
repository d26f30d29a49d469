//! Keys, visitor tokens, and who needs them.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use ibid::access::ApiKeys;
use ibid::config::Anonymous;
use serde_json::json;

use crate::driver::{Driver, QUESTION};
use crate::program;

const CLINIC: &str = "https://clinic.example";

fn ibid_key(file: &Path, arguments: &[&str]) -> Output {
    key_command(file, arguments).output().unwrap()
}

fn key_command(file: &Path, arguments: &[&str]) -> Command {
    let mut command = program::command(file.parent().unwrap());
    command.arg("key").args(arguments).env("IBID_ACCESS__KEYS", file);
    command
}

#[track_caller]
fn new_key(file: &Path, name: &str, scopes: &[&str]) -> String {
    let scopes = scopes.iter().flat_map(|scope| ["--scope", scope]);
    let arguments: Vec<&str> = ["new", name].into_iter().chain(scopes).collect();
    let output = ibid_key(file, &arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn server(anonymous: Anonymous, keys: PathBuf) -> Driver {
    Driver::with(|config| {
        config.access.anonymous = anonymous;
        config.access.keys = keys;
        config.server.allowed_origins = vec![CLINIC.into()];
    })
    .await
}

async fn ask(server: &Driver, authorization: &str, origin: Option<&str>) -> u16 {
    let body = json!({"question": QUESTION}).to_string();
    let mut headers = vec![("content-type", "application/json")];
    if !authorization.is_empty() {
        headers.push(("authorization", authorization));
    }
    headers.extend(origin.map(|origin| ("origin", origin)));
    server.send("POST", "/api/v1/ask", &headers, &body).await.status
}

#[tokio::test]
async fn a_key_opens_what_it_is_for_until_it_is_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.toml");
    let asker = format!("Bearer {}", new_key(&file, "desk", &["ask"]));
    let server = server(Anonymous::None, file.clone()).await;
    assert_eq!(ask(&server, "", None).await, 401);
    assert_eq!(ask(&server, "Bearer nonsense", None).await, 401);
    assert_eq!(ask(&server, "Basic eDp5", None).await, 401);
    assert_eq!(ask(&server, &asker, None).await, 200);
    let body = json!({"question": QUESTION}).to_string();
    let headers = [("content-type", "application/json"), ("authorization", asker.as_str())];
    server.send("POST", "/api/v1/search", &headers, &body).await.problem(403, "forbidden");
    for path in ["/api/v1/documents", "/api/v1/documents/kettles.md", "/metrics"] {
        server.get(path).await.problem(401, "not_authorised");
    }
    assert_eq!(server.get("/metrics").await.header("www-authenticate").as_deref(), Some("Bearer"));
    for path in ["/", "/healthz", "/readyz", "/openapi.json", "/documents/kettles.md"] {
        server.get(path).await.ok();
    }
    // A running server sees new keys and revoked ones within a second.
    let metrics = format!("Bearer {}", new_key(&file, "monitor", &["metrics", "ask"]));
    assert!(ibid_key(&file, &["revoke", "desk"]).status.success());
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert_eq!(ask(&server, &asker, None).await, 401);
    assert_eq!(ask(&server, &metrics, None).await, 200);
    server.send("GET", "/metrics", &[("authorization", metrics.as_str())], "").await.ok();
}

#[test]
fn keys_are_listed_without_their_secret_and_mistakes_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.toml");
    let key = new_key(&file, "help desk", &["search", "ask"]);
    let listed = String::from_utf8(ibid_key(&file, &["list"]).stdout).unwrap();
    assert!(listed.contains("ask,search  help desk") && !listed.contains(&key), "{listed}");
    assert!(!std::fs::read_to_string(&file).unwrap().contains(&key));
    let told = |arguments: &[&str]| {
        let output = ibid_key(&file, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(told(&["new", "help desk", "--scope", "ask"]).contains("is taken"));
    assert!(told(&["new", "x", "--scope", "everything"]).contains("is no scope"));
    assert!(told(&["revoke", "nobody"]).contains("ibid key list"));
    let output = program::command(folder.path()).args(["key", "list"]).output();
    assert!(String::from_utf8_lossy(&output.unwrap().stderr).contains("access.keys"));
}

#[test]
fn every_key_that_was_printed_is_known_and_none_that_was_revoked_however_many_change_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.toml");
    let at_once = |commands: Vec<Command>| -> Vec<Output> {
        let spawn =
            |mut command: Command| command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let running: Vec<Child> = commands.into_iter().map(spawn).collect();
        running.into_iter().map(|child| child.wait_with_output().unwrap()).collect()
    };
    let names: Vec<String> = (0..8).map(|number| format!("desk {number}")).collect();
    let new = names.iter().map(|name| key_command(&file, &["new", name, "--scope", "ask"]));
    let keys: Vec<String> = at_once(new.collect())
        .into_iter()
        .map(|output| String::from_utf8(output.stdout).unwrap().trim().to_owned())
        .collect();
    let known = ApiKeys::read(&file).unwrap();
    assert!(keys.iter().all(|key| known.recognise(key).is_some()), "{keys:?}");
    let revoke = names.iter().map(|name| key_command(&file, &["revoke", name]));
    assert!(at_once(revoke.collect()).iter().all(|output| output.status.success()));
    assert_eq!(ApiKeys::read(&file).unwrap().iter().count(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_key_that_nobody_could_see_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.toml");
    for (device, why) in [("/dev/full", "it was taken back"), ("/dev/null", "none was made")] {
        let sink = std::fs::File::options().write(true).open(device).unwrap();
        let output = key_command(&file, &["new", "desk", "--scope", "ask"]).stdout(sink).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{device}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(why), "{device}: {said}");
        assert_eq!(ApiKeys::read(&file).unwrap().iter().count(), 0, "{device}");
    }
}

#[tokio::test]
async fn pages_are_let_in_by_their_origin_and_programs_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(Anonymous::Pages, folder.path().join("keys.toml")).await;
    match server.open("", &[]).await {
        Err(tokio_tungstenite::tungstenite::Error::Http(response)) => assert_eq!(response.status(), 401),
        other => panic!("{other:?}"),
    }
    let mut page = server.open("?start=new", &[("origin", CLINIC)]).await.unwrap();
    page.hello = page.frame().await;
    page.ask("c1", QUESTION).await;
    page.answer("c1").await;
    // The session's token is the page's visitor token: good for `ask`, from that origin alone.
    let token =
        format!("{}.{}", page.hello["session"].as_str().unwrap(), page.hello["token"].as_str().unwrap());
    let token = format!("Bearer {token}");
    assert_eq!(ask(&server, &token, Some(CLINIC)).await, 200);
    assert_eq!(ask(&server, &token, Some("https://evil.example")).await, 401);
    assert_eq!(ask(&server, &token, None).await, 401);
    let headers = [("authorization", token.as_str()), ("origin", CLINIC)];
    server.send("GET", "/metrics", &headers, "").await.problem(401, "not_authorised");
}

#[tokio::test]
async fn where_nobody_is_let_in_a_sites_server_gets_a_token_for_its_page() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.toml");
    let key = format!("Bearer {}", new_key(&file, "site", &["visitors"]));
    let server = server(Anonymous::None, file).await;
    let mut page = server.open("?start=new", &[("origin", CLINIC)]).await.unwrap();
    page.closed(4401).await;
    let mint = async |authorization: &str, origin: &str| {
        let headers = [("content-type", "application/json"), ("authorization", authorization)];
        server.send("POST", "/api/v1/visitors", &headers, &json!({"origin": origin}).to_string()).await
    };
    mint("Bearer x", CLINIC).await.problem(401, "not_authorised");
    mint(&key, "https://evil.example").await.problem(403, "origin_not_allowed");
    let visitor = mint(&key, CLINIC).await.ok().json();
    assert_eq!(visitor["expires_in_secs"], 1800);
    let resume =
        json!({"type": "resume", "session": visitor["session"], "token": visitor["token"], "after": 0});
    let mut page = server.open("?start=resume", &[("origin", CLINIC)]).await.unwrap();
    page.send(&resume).await;
    let hello = page.frame().await;
    assert_eq!((&hello["resumed"], &hello["seq"]), (&json!(true), &json!(1)));
    page.ask("c1", QUESTION).await;
    assert_eq!(page.answer("c1").await["seq"], 2);
    let mut stranger =
        server.open("?start=resume", &[("origin", &format!("http://{}", server.address))]).await.unwrap();
    stranger.send(&resume).await;
    stranger.closed(4401).await;
}
