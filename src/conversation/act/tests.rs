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
    check_all(SMALL_TALK, |act| !matches!(act, Act::Question | Act::Handoff | Act::Contact));
    check_all(HANDOFFS, |act| matches!(act, Act::Handoff | Act::Contact));
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
            "get me a doctor",
            "operator please",
            "i wanna talk to a humman",
        ],
    );
}

#[test]
fn who_asks_whom_to_contact_is_told_from_who_wants_a_person_here() {
    check(
        Act::Contact,
        &[
            "is there a nurse I can talk to",
            "is there anyone I can talk to?",
            "ok and is there someone I can speak to",
            "how can I get in touch with a nurse",
            "how do I reach a nurse",
            "how can i contact the hospital",
            "I want to complain",
            "I want to make a complaint about a nurse",
        ],
    );
    check(
        Act::Handoff,
        &[
            "is there a real person I can talk to",
            "is there someone human I can talk to",
            "how do I get through to a human",
            "how can I talk to a nurse here",
            "can I talk to a nurse about my results",
            "get me a nurse",
        ],
    );
}

#[test]
fn an_operation_is_no_operator() {
    check(
        Act::Question,
        &[
            "i need an operation",
            "ive just been told i need an operation",
            "do they need to operate",
            "i want to be operated on",
            "i need a personal alarm",
        ],
    );
}

#[test]
fn what_is_told_stands_behind_the_words_that_tell() {
    let acts = Acts::shipped();
    for (text, told) in [
        ("I'm having an MRI on friday", " an MRI on friday"),
        ("my mum was told she has gallstones", " gallstones"),
        ("they've put me on ramipril", " ramipril"),
        ("Hi! ive been told I need to have a biopsy", " a biopsy"),
        ("so my dad's having a hip replacement", " a hip replacement"),
        ("I've been diagnosed with diabetes", " diabetes"),
        ("had a hernia repair yesterday", " a hernia repair yesterday"),
        ("I'm two weeks post hysterectomy", " hysterectomy"),
        ("i'm on HRT", " HRT"),
    ] {
        assert_eq!(acts.told(text), Some(told), "{text}");
    }
    for text in [
        "what did they say I have",
        "when will they tell me I need a scan",
        "how long after having a scan can I eat",
        "who said I need a biopsy",
        "was i told i need a scan",
        "i was never told i have diabetes",
        "my wound is a bit red",
        "Getting ready",
        "The food was bad. I'm having an MRI",
        "",
    ] {
        assert_eq!(acts.told(text), None, "{text}");
    }
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
