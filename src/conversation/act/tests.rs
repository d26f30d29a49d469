use super::*;

const SMALL_TALK: &str = include_str!("tests/small_talk.txt");
const HANDOFFS: &str = include_str!("tests/handoff.txt");
const QUESTIONS: &str = include_str!("tests/question.txt");

#[track_caller]
fn check_all(messages: &str, is_right: impl Fn(Act) -> bool) {
    let acts = Acts::shipped();
    let lines = messages.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let wrong: Vec<_> = lines.map(|line| (line, acts.of(line))).filter(|&(_, act)| !is_right(act)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn small_talk_wishes_and_questions_are_told_apart() {
    check_all(SMALL_TALK, |act| !matches!(act, Act::Question | Act::Handoff));
    check_all(HANDOFFS, |act| act == Act::Handoff);
    check_all(QUESTIONS, |act| act == Act::Question);
}

#[track_caller]
fn check(act: Act, messages: &[&str]) {
    let acts = Acts::shipped();
    let wrong: Vec<_> =
        messages.iter().filter(|text| acts.of(text) != act).map(|text| (text, acts.of(text))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_shipped_list_is_read() {
    Patterns::parse(&[("lexicon/small-talk.txt", SHIPPED)], &kinds()).unwrap();
}

#[test]
fn small_talk_is_told_by_its_kind() {
    use SmallTalk::*;
    check(
        Act::SmallTalk(Greeting),
        &["hi", "Hello!", "Good morning, everyone", "hey there", "how are you?", "helo"],
    );
    check(
        Act::SmallTalk(Thanks),
        &[
            "thx",
            "Thanks a lot!",
            "thank you so much for your help",
            "ok thanks",
            "that was very helpful",
            "great, thank you",
        ],
    );
    check(
        Act::SmallTalk(Goodbye),
        &["bye", "ok thanks bye", "See you later", "good night", "have a nice day", "that's all"],
    );
    check(
        Act::SmallTalk(About),
        &[
            "who are you?",
            "are you a real person",
            "Am I talking to a robot?",
            "hi, are you human",
            "is this a chatbot",
            "what's your name",
        ],
    );
    check(
        Act::SmallTalk(Capabilities),
        &[
            "what can you do?",
            "help",
            "Can you help me?",
            "how do I use this",
            "what can I ask you",
            "how does this chat work",
        ],
    );
    check(Act::SmallTalk(Acknowledgement), &["ok", "I see.", "alright", "got it"]);
    check(Act::Agree, &["yes please", "Yes!", "sure", "ok yes", "tell me more"]);
    check(Act::Decline, &["no", "no thanks", "not now", "No, thank you."]);
    check(Act::WhyNot, &["why not?", "Why not", "but why not?", "no, why not"]);
    check(
        Act::SmallTalk(Complaint),
        &[
            "You didn't answer my question",
            "that doesnt answer my question",
            "no, thats not what i asked",
            "thats wrong",
            "that is not helpful",
            "that's not right",
            "your not helping me",
            "ok but you only answered one of them",
        ],
    );
}

#[test]
fn the_wish_for_a_person_is_seen() {
    check(
        Act::Handoff,
        &[
            "I'd like to talk to a nurse please",
            "can I speak with a real person?",
            "let me talk to a human",
            "call me back",
            "Could someone call me?",
            "please have a nurse call me",
            "can I talk to someone",
            "connect me to the clinic",
            "I don't want to talk to a machine",
            "human please",
            "real person",
            "I want to speak to someone real about my results",
            "is there a nurse I can talk to",
            "get me a doctor",
            "i wanna talk to a humman",
        ],
    );
}

#[test]
fn questions_stay_questions() {
    check(
        Act::Question,
        &[
            "hi, what is a biopsy",
            "thanks! and how long does it take?",
            "who can I talk to about my fears",
            "should I see a specialist",
            "can I talk to my doctor about surgery",
            "how do I talk to my children about it",
            "when should I call my doctor",
            "who will call me with the results",
            "can I get support",
            "is there a support group",
            "ok and what about the liver",
            "what does a nurse do during the scan",
            "what questions should I ask the doctor",
            "do I need a specialist",
            "can I bring someone",
            "are there people who help with fear",
            "what are you supposed to eat before a scan",
            "yes but does it hurt",
            "who is on the care team",
            "what can I do about nausea",
            "how can radiation help",
            "do I have to stay in hospital",
            "can the doctor reach the tumor with a needle",
            "biopsy",
            "PRRT",
            "how does it work in the body",
        ],
    );
}
