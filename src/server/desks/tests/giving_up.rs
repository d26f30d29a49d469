//! For how long a step is tried that was put off.

use super::*;

#[tokio::test]
async fn a_step_that_an_operator_sends_again_is_tried_as_long_as_a_new_one() {
    let server = alone();
    server.put("7", reply(&server, &Value::Null)).await;
    let new = StoredStep { made: 100, since: 100, ..server.stored().await.remove(0) };
    let revived = StoredStep { since: 900, ..new.clone() };
    let is_given_up = |step, now| sending::is_given_up(step, now, 50);
    assert_eq!([149, 150].map(|now| is_given_up(&new, now)), [false, true]);
    assert_eq!([900, 949, 950].map(|now| is_given_up(&revived, now)), [false, false, true]);
}

#[tokio::test]
async fn a_step_that_was_made_when_the_clock_was_ahead_is_given_up_after_as_many_attempts() {
    let server = alone();
    server.put("7", reply(&server, &Value::Null)).await;
    let ahead = StoredStep { since: u64::MAX, ..server.stored().await.remove(0) };
    let is_given_up =
        |attempts| sending::is_given_up(&StoredStep { attempts, ..ahead.clone() }, 100, 24 * 3600);
    assert_eq!([0, 11, 12].map(is_given_up), [false, false, true]);
    let new = StoredStep { since: 160, attempts: 12, ..ahead.clone() };
    assert!(!sending::is_given_up(&new, 100, 50), "a clock that is put right by a minute");
}
