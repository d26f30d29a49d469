//! What a desk could not tell while nobody listened is asked for, at the start and now and then.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::hooks::{accept, stored};
use super::{Desk, Desks, note_failure};
use crate::adapters::{Call, Event};
use crate::server::app::App;

/// Most calls for what a desk lists.
const MAX_CALLS: usize = 128;

/// Under this name it is kept that the desk was asked before. No desk has a conversation of this name.
const ASKED_BEFORE: &str = "\u{0}asked";

/// Asks the desk `name`, for ever.
pub(super) async fn work(app: Arc<App>, name: String) {
    let Some(desks) = &app.desks else { return };
    let Some(desk) = desks.get(&name) else { return };
    let every = desk.config.poll_secs;
    let Some(first) = desk.adapter.poll().filter(|_| every > 0) else { return };
    loop {
        if let Some(events) = list(desks, desk, &name, first.clone()).await {
            take(&app, desks, &name, events).await;
        }
        sleep(Duration::from_secs(every)).await;
    }
}

/// Everything that the desk lists; none where it cannot be had.
async fn list(desks: &Desks, desk: &Desk, name: &str, first: Call) -> Option<Vec<Event>> {
    let mut events = Vec::new();
    let mut next = VecDeque::from([first]);
    for _ in 0..MAX_CALLS {
        let Some(call) = next.pop_front() else { break };
        let reply = match desk.perform(&desks.client, "", call).await {
            Ok(reply) if (200..300).contains(&reply.status) => reply,
            Ok(reply) => {
                tracing::warn!(desk = name, status = reply.status, "the desk does not list what waits");
                return None;
            }
            Err(failure) => {
                tracing::warn!(desk = name, %failure, "the desk does not list what waits");
                return None;
            }
        };
        let Some(polled) = desk.adapter.polled(&reply.body) else {
            tracing::warn!(desk = name, "what the desk lists cannot be read");
            return None;
        };
        events.extend(polled.events);
        next.extend(polled.more);
    }
    Some(events)
}

/// Puts what is new in line. The first time ever nothing is answered: what was there before Ibid came is old.
async fn take(app: &App, desks: &Desks, name: &str, events: Vec<Event>) {
    let desk = name.to_owned();
    let before = desks.deliveries.run(move |file| {
        let before = file.conversation(&desk, ASKED_BEFORE)?.is_some();
        file.keep(&desk, ASKED_BEFORE, b"")?;
        Ok(before)
    });
    match note_failure(app, before.await) {
        None => {}
        Some(true) => match accept(app, desks, name, events).await {
            Ok(0) | Err(_) => {}
            Ok(found) => tracing::info!(desk = name, found, "the desk had something that it could not tell"),
        },
        Some(false) => {
            let (desk, events) = (name.to_owned(), stored(events));
            let noted = desks
                .deliveries
                .run(move |file| events.iter().try_for_each(|event| file.note(&desk, &event.key).map(drop)));
            note_failure(app, noted.await);
        }
    }
}
