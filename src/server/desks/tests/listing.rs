//! What a desk lists when it is asked for what it could not tell.

use super::*;

/// As Zammad lists two tickets, of which the first cannot be read.
async fn tickets(uri: Uri) -> Response {
    let listed = match uri.path() {
        "/api/v1/ticket_states" => {
            json!([{ "id": 2, "name": "open", "state_type_id": 2, "state_type": "open" }])
        }
        "/api/v1/tickets/search" => json!([{ "id": 1, "title": "one" }, { "id": 2, "title": "two" }]),
        "/api/v1/ticket_articles/by_ticket/2" => {
            json!([{ "id": 9, "ticket_id": 2, "body": "why?", "content_type": "text/plain", "type": "note",
                     "sender": "Customer", "created_by": "anna" }])
        }
        _ => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    listed.to_string().into_response()
}

#[tokio::test]
async fn a_ticket_that_cannot_be_read_holds_up_no_other() {
    let (url, _calls) = listening(StatusCode::OK, Router::new().fallback(tickets)).await;
    let server = server(DeskKind::Zammad, &url);
    let desk = server.desks().get("clinic").unwrap();
    let listed = polling::list(server.desks(), desk, "clinic", desk.adapter.poll().unwrap()).await.unwrap();
    let conversations: Vec<&str> = listed.events.iter().map(|event| event.conversation.as_str()).collect();
    assert_eq!((conversations, listed.is_whole), (vec!["2"], false));
}

/// As [`tickets`], but of the first ticket it is said that there are too many calls.
async fn hurried(uri: Uri) -> Response {
    match uri.path() {
        "/api/v1/ticket_articles/by_ticket/1" => StatusCode::TOO_MANY_REQUESTS.into_response(),
        _ => tickets(uri).await,
    }
}

#[tokio::test]
async fn a_desk_that_wants_no_more_calls_gets_none() {
    let (url, _calls) = listening(StatusCode::OK, Router::new().fallback(hurried)).await;
    let server = server(DeskKind::Zammad, &url);
    let desk = server.desks().get("clinic").unwrap();
    let listed = polling::list(server.desks(), desk, "clinic", desk.adapter.poll().unwrap()).await.unwrap();
    assert_eq!((listed.events, listed.is_whole), (vec![], false));
}

#[tokio::test]
async fn a_desk_that_lists_nothing_at_all_has_told_nothing() {
    let (url, _calls) = listening(StatusCode::OK, Router::new().fallback(async || "[")).await;
    let server = server(DeskKind::Zammad, &url);
    let desk = server.desks().get("clinic").unwrap();
    let listed = polling::list(server.desks(), desk, "clinic", desk.adapter.poll().unwrap()).await;
    assert!(listed.is_none());
}
