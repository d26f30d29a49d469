use proptest::prelude::*;

use super::*;

fn asked(question: &str) -> Exchange {
    Exchange { question: question.to_owned(), ..Exchange::default() }
}

#[track_caller]
fn reads(history: &[&str], question: &str, expected: &str) {
    let history: Vec<Exchange> = history.iter().map(|question| asked(question)).collect();
    assert_eq!(standalone(&history, question).text, expected);
}

#[test]
fn a_pronoun_is_replaced_by_what_was_spoken_of() {
    reads(&["What is a MIBG scan?"], "how long does it take?", "how long does the MIBG scan take?");
    reads(&["What is PRRT?"], "how long does it take to work?", "how long does PRRT take to work?");
    reads(&["what is a gallium scan"], "is it painful", "is the gallium scan painful");
    reads(
        &["which blood tests are there"],
        "which of them needs fasting?",
        "which of blood tests needs fasting?",
    );
    reads(
        &["how do I get ready for my colonoscopy"],
        "what happens during it?",
        "what happens during my colonoscopy?",
    );
    reads(&["what is embolization"], "does that hurt?", "does embolization hurt?");
}

#[test]
fn what_is_left_out_is_put_behind() {
    reads(&["can surgery remove a tumor"], "what about the liver?", "what about the liver? (surgery)");
    reads(&["what is everolimus"], "and the side effects?", "and the side effects? (everolimus)");
    reads(&["what is everolimus"], "why?", "why? (everolimus)");
    reads(&["what is a port"], "for how long", "for how long (port)");
    reads(&["what is a port"], "how is this procedure done?", "how is this procedure done? (port)");
}

/// What `question` may mean, the likeliest first.
fn readings(history: &[&str], question: &str) -> Vec<String> {
    let history: Vec<Exchange> = history.iter().map(|question| asked(question)).collect();
    let read = standalone(&history, question);
    std::iter::once(read.text).chain(read.others).collect()
}

#[test]
fn who_asks_for_a_number_asks_for_that_of_what_was_spoken_of() {
    let port = "how do I look after a port";
    reads(&[port], "whats the number", "whats the number (port)");
    reads(&[port], "what is the phone number?", "what is the phone number? (port)");
    reads(&[port], "is there a number I can call", "is there a number I can call (port)");
    reads(&[port, "whats the number"], "and at night", "whats the number at night (port)");
    reads(&[port], "what is a normal blood count", "what is a normal blood count");
}

#[test]
fn a_question_that_leaves_out_its_subject_is_asked_in_the_case_named_now() {
    reads(&["what is a port", "how often"], "and for children?", "how often for children (port)");
    let nurse = "is there a nurse I can talk to?";
    reads(&[nurse], "and at night?", "is there a nurse I can talk to at night");
    let important = &["what is a port", "how important is it"];
    reads(important, "and for children?", "how important is it for children (port)");
}

#[test]
fn a_condition_is_a_case_of_the_question_before() {
    let hand = "can my husband hold my hand";
    reads(
        &[hand],
        "even if they have to knock me out?",
        "can my husband hold my hand if they have to knock me out",
    );
    reads(
        &["when do I take the tablets"],
        "if the pharmacy is shut on a sunday",
        "when do I take the tablets if the pharmacy is shut on a sunday",
    );
    let stent = &["what is a stent"];
    reads(stent, "if it hurts can I take ibuprofen", "if the stent hurts can I take ibuprofen");
    for whole in [
        "if the wound bleeds, who do I ring",
        "if the wound bleeds what happens",
        "if the wound bleeds where do people go",
    ] {
        reads(stent, whole, whole);
    }
    for case in ["if I get pain when I cough", "if I have a cold, or a cough"] {
        reads(&["can I have the MRI"], &format!("and {case}?"), &format!("can I have the MRI {case}"));
    }
}

#[test]
fn it_is_not_replaced_where_it_stands_for_no_thing() {
    for question in [
        "who is it we ring at night",
        "what is it that hurts",
        "Paracetamol it is, then. How many can I have",
    ] {
        reads(&["what is a port"], question, question);
    }
    let clot = &["what is a blood clot"];
    reads(clot, "how often does that happen", "how often does that happen (blood clot)");
    reads(clot, "what is it", "what is the blood clot");
    let drip = &["what is a chemo drip"];
    reads(drip, "is it painful having it taken out", "is it painful having the chemo drip taken out");
    reads(drip, "is it safe during pregnancy", "is the chemo drip safe during pregnancy");
    reads(drip, "is it slow running", "is the chemo drip slow running");
}

#[test]
fn what_is_done_to_somebody_is_done_by_what_was_spoken_of() {
    let question = "how far back would that push me";
    reads(&["what is a stent"], question, "how far back would the stent push me");
}

#[test]
fn what_was_told_is_spoken_of_as_it_was_told() {
    let told = Exchange { read_as: Some("heart scan".into()), ..asked("I'm having a heart scan on friday") };
    assert_eq!(standalone(&[told], "what does it show").text, "what does the heart scan show");
}

#[test]
fn whether_anybody_is_there_leans_on_nothing() {
    for question in ["are you there", "hello, are you there?"] {
        reads(&["what is a laparoscopy"], question, question);
    }
    reads(&["how do I get to the laparoscopy"], "can I park there", "can I park there (laparoscopy)");
}

#[test]
fn those_who_treat_are_not_replaced() {
    reads(
        &["what is a laparoscopy"],
        "what do they look for during it?",
        "what do they look for during the laparoscopy?",
    );
    for question in ["do they put me to sleep?", "will they cut me"] {
        reads(&["what is a laparoscopy"], question, question);
    }
    reads(&["which blood tests are there"], "do they hurt?", "do blood tests hurt?");
    reads(&["what will the doctor ask me"], "and what do I ask him?", "and what do I ask the doctor?");
    reads(&["my dad had a heart attack"], "when can he drive?", "when can he drive? (heart attack)");
}

#[test]
fn a_pronoun_takes_what_agrees_with_it_in_number() {
    reads(&["can I go back to tablets instead of insulin"], "does it hurt?", "does insulin hurt?");
    reads(&["which test finds breakdown products"], "what are they?", "what are breakdown products?");
    let history = &["what is the difference between CT and MRI?", "is there a waiting list?"];
    let read = readings(history, "can I have them together?");
    assert!(read.contains(&"can I have CT and MRI together?".to_owned()), "{read:?}");
    let read = readings(&["can I go back to tablets instead of insulin"], "does it hurt?");
    assert!(!read.contains(&"does tablets hurt?".to_owned()), "{read:?}");
    let read = readings(&["what does high sugar do to the baby"], "will it be born early?");
    assert_eq!(read[..2], ["will high sugar be born early?", "will the baby be born early?"]);
}

#[test]
fn the_question_before_is_asked_of_what_is_named_now() {
    let earlier = &["what operation is done if the cancer is in the head of the pancreas"];
    reads(earlier, "and if it is in the tail?", "what operation is done if it is in the tail");
    reads(
        &["when do I get the results of my MRI"],
        "and for a colonoscopy?",
        "when do I get the results for a colonoscopy",
    );
    reads(&["who do I ring about my insulin?"], "and about my knee?", "who do I ring about my knee");
    reads(
        &["when do I drink if my appointment is in the afternoon"],
        "and in the morning?",
        "when do I drink if my appointment is in the morning",
    );
    reads(
        &["how long before my colonoscopy can I drink"],
        "and befor a knee operation",
        "how long befor a knee operation can I drink",
    );
    let read = readings(&["what does a Whipple take out"], "and a distal pancreatectomy?");
    assert!(read.contains(&"what does a distal pancreatectomy take out".to_owned()), "{read:?}");
}

#[test]
fn a_question_is_carried_from_subject_to_subject() {
    let mut history = vec!["how long after the hernia op can i swim"];
    for (question, expected) in [
        ("and after a hysterectomy?", "how long after a hysterectomy can i swim"),
        ("and for hernia repair?", "how long after hernia repair can i swim"),
        ("and before a PET scan?", "how long before a PET scan can i swim"),
    ] {
        let exchanges: Vec<Exchange> = history.iter().map(|question| asked(question)).collect();
        let read = standalone(&exchanges, question);
        assert_eq!((read.text.as_str(), read.carried.as_deref()), (expected, Some(expected)));
        history.push(question);
    }
    reads(&history, "how far is it from home?", "how far is the PET scan from home?");
}

#[test]
fn a_circumstance_takes_the_place_of_another() {
    reads(&["Can i swim with a port"], "after a hysterectomy", "Can i swim after a hysterectomy");
    let earlier = "when can i drink before a barium meal";
    let read = readings(&[earlier], "and with a pacemaker?");
    assert_eq!(read[0], "when can i drink before a barium meal with a pacemaker");
    assert!(read.contains(&"when can i drink with a pacemaker".to_owned()), "{read:?}");
    reads(
        &["can i eat before a barium meal"],
        "and with my wife?",
        "can i eat before a barium meal with my wife",
    );
}

#[test]
fn only_another_subject_is_carried_to() {
    let carried = |earlier: &str, question: &str| standalone(&[asked(earlier)], question).carried;
    let risks = carried("what are the risks of a hernia repair", "and a hysterectomy?");
    assert_eq!(risks.as_deref(), Some("what are the risks of a hysterectomy"));
    for (earlier, question) in [
        ("what is everolimus", "and the side effects?"),
        ("when do I drink if my appointment is in the afternoon", "and in the morning?"),
        ("can surgery remove a tumor", "what about the liver?"),
        ("what is a port", "does it hurt?"),
        ("what operation is done for the pancreas", "and if it is the tail?"),
    ] {
        assert_eq!(carried(earlier, question), None, "{question}");
    }
}

#[test]
fn a_pronoun_behind_before_or_after_points_out_of_its_clause() {
    let history = &["I have a heart perfusion scan"];
    reads(history, "can i drink tea before it", "can i drink tea before the heart perfusion scan");
    for question in
        ["can the surgeon take out the tumor before it spreads", "I had tea, after it can I drive"]
    {
        reads(history, question, question);
    }
    let history = &["they want me to have a heart perfusion scan, I've got bad asthma, is it dangerous"];
    reads(history, "can i drink tea before it", "can i drink tea before the heart perfusion scan");
}

/// `question`, answered from a leaflet about lines.
fn quoted(question: &str, heading: &str, answered: &str) -> Exchange {
    Exchange {
        document: Some(DocumentId::new("picc-line-or-port.txt").unwrap()),
        section: vec![heading.to_owned()],
        answered: Some(answered.to_owned()),
        ..asked(question)
    }
}

#[test]
fn what_stands_above_the_last_quote_is_likelier_the_subject_than_what_it_mentions() {
    let opened = quoted("what is a picc line", "What it is", "A thin tube into a vein.");
    let golf = quoted("i play golf", "Everyday life", "You may play golf.");
    let read = standalone(&[opened.clone(), golf], "How often does it need flushing");
    assert_eq!(read.text, "How often does the picc line need flushing");
    assert!(read.others.contains(&"How often does golf need flushing".to_owned()), "{read:?}");
    let port = quoted("can the port get wet", "Port", "Wait two weeks.");
    let read = standalone(&[opened, port], "How often does it need flushing");
    assert_eq!(read.text, "How often does the port need flushing");
}

#[test]
fn what_no_quote_speaks_of_is_not_put_in() {
    let odd = quoted("who does my shopping", "Everyday life", "Ask your family for help.");
    let read = standalone(&[odd], "who flushes it");
    assert_eq!(read.text, "who flushes it (shopping)");
}

#[test]
fn what_somebody_does_is_no_part_of_a_name() {
    reads(&["can my wife press the button"], "where is it", "where is the button");
    reads(&["I'm worried they won't numb my foot"], "is it for long", "is my foot for long");
    reads(&["why doesn't insulin work"], "is it safe", "is insulin safe");
    reads(&["I\u{2019}ll have the stent"], "is it for long", "is the stent for long");
}

#[test]
fn a_time_is_no_part_of_a_name() {
    reads(&["I had a kidney biopsy 3 days ago"], "is it normal", "is the kidney biopsy normal");
    let question = "how often does it need flushing";
    reads(&["does my picc line on friday hurt"], question, "how often does my picc line need flushing");
    reads(&["is iodine 131 dangerous"], "how long does it last", "how long does iodine 131 last");
    reads(&["when are visiting hours on friday"], "are they for children", "are visiting hours for children");
    reads(&["after my hernia op nothing works"], "is it normal", "is my hernia op normal");
    reads(&["I can see a lump behind"], "is it dangerous", "is the lump dangerous");
}

#[test]
fn where_a_name_begins_and_ends_is_told_from_the_words_around_it() {
    reads(&["my son is 13 with asthma"], "does it hurt", "does asthma hurt");
    reads(&["is my port now sore"], "does it hurt", "does my port hurt");
    let repair = "I'm 3 weeks post hernia repair, can I drive";
    reads(&[repair], "how long does it hurt", "how long does hernia repair hurt");
    reads(&["I get pain in my back in the morning"], "is it normal", "is pain in my back normal");
    reads(&["Back at my desk tomorrow"], "is it safe", "is my desk safe");
    reads(&["when does the post come"], "is it late", "is the post late");
}

#[test]
fn figures_and_days_are_no_subject() {
    for circumstance in ["I am 40", "saturday", "my bmi is 36"] {
        reads(&["can I have hrt", circumstance], "what does it cost", "what does hrt cost");
    }
    reads(&["my bmi is 36"], "is it dangerous", "is it dangerous (bmi)");
}

#[test]
fn talk_and_questions_back_leave_the_subject() {
    reads(&["what is a port", "a waste of my time"], "does it hurt", "does the port hurt");
    let history = &["can I have the port or the picc", "why"];
    reads(history, "which is better", "which is better (can I have the port or the picc)");
    let history = &["how often does the picc line need flushing"];
    let read = "what do you mean (how often does the picc line need flushing)";
    reads(history, "what do you mean", read);
}

#[test]
fn what_a_message_said_is_what_a_later_one_can_lean_on() {
    for nothing in
        ["why", "Why not?", "on saturday", "2 weeks ago", "You didn't answer my question", "thanks", ""]
    {
        assert_eq!(asked(nothing).said(), None, "{nothing}");
        assert!(says_nothing(nothing), "{nothing}");
    }
    for (question, said) in
        [("what is a stent?", "what is a stent?"), ("i meant mri", "mri"), ("how long?", "how long?")]
    {
        assert_eq!(asked(question).said(), Some(said));
    }
    let taken_up = Exchange { read_as: Some("What is a stent?".to_owned()), ..asked("yes please") };
    assert_eq!(taken_up.said(), Some("What is a stent?"));
    let why = Exchange { read_as: Some("why? (stent)".to_owned()), ..asked("why?") };
    assert_eq!((why.said(), why.said_in_full()), (None, None));
}

#[test]
fn what_was_said_in_full_has_what_it_was_read_with() {
    for (question, read, full) in [
        ("how long?", None, "how long?"),
        ("how long?", Some("how long? (stent)"), "how long? (stent)"),
        ("does it hurt", Some("does the port hurt"), "does the port hurt"),
        ("and milk?", Some("and milk? (and water? (knee operation))"), "and milk? (knee operation)"),
        ("yes please", Some("What is a stent?"), "What is a stent?"),
    ] {
        let exchange = Exchange { read_as: read.map(str::to_owned), ..asked(question) };
        assert_eq!(exchange.said_in_full().as_deref(), Some(full), "{question}");
    }
}

#[test]
fn to_look_after_is_one_verb() {
    let question = "does a nurse look after it at home";
    reads(&["what is a picc line"], question, "does a nurse look after the picc line at home");
    let earlier = &["how do I look after my port"];
    reads(earlier, "and after a scan?", "how do I look after my port after a scan");
}

#[test]
fn a_bare_noun_may_be_of_what_was_spoken_of() {
    let read = readings(&["what is a general anaesthetic"], "glasses?");
    assert_eq!(read, ["glasses?", "glasses? (general anaesthetic)"]);
}

#[test]
fn a_turn_to_something_else_may_be_meant_as_typed() {
    let read = readings(&["what is chemo?"], "what about burning it?");
    assert_eq!(read[0], "what about burning it?");
    let read = readings(&["what is surgery for"], "what about radiation instead?");
    assert!(read.contains(&"what about radiation instead?".to_owned()), "{read:?}");
}

#[test]
fn a_bare_question_word_stands_for_the_question_before() {
    reads(
        &["when are the clips of my knee taken out?"],
        "by whom?",
        "by whom? (when are the clips of my knee taken out)",
    );
    reads(&["can my family help me?"], "how?", "how? (can my family help me)");
    reads(&["what is a stent?"], "why?", "why? (stent)");
}

#[test]
fn a_question_without_a_subject_may_be_of_the_one_before() {
    let read = readings(&["how do I get ready for my appointment"], "can I bring someone?");
    assert_eq!(read, ["can I bring someone?", "can I bring someone? (appointment)"]);
    let read = readings(&["can I have a sedative"], "can I drive afterwards?");
    assert_eq!(read[0], "can I drive afterwards? (sedative)");
    let history = &["how do I find someone to talk with?"];
    reads(
        history,
        "are there groups for this?",
        "are there groups for this? (how do I find someone to talk with)",
    );
    let read = readings(&["what do I bring to my colonoscopy"], "anything special for a child with asthma?");
    assert!(read.contains(&"anything special for a child with asthma? (colonoscopy)".to_owned()), "{read:?}");
}

#[test]
fn a_choice_is_of_what_was_asked_before() {
    let history = &["what is the difference between a CT and an MRI?"];
    reads(history, "which is safer?", "which is safer? (what is the difference between a CT and an MRI)");
    let read = readings(history, "and which one is better?");
    assert!(!read.contains(&"and which one is better?".to_owned()), "{read:?}");
}

#[test]
fn one_stands_for_what_was_named() {
    reads(&["what is a port"], "how do I get one?", "how do I get the port?");
    reads(&["what is a stent"], "why would I need one", "why would I need the stent");
}

#[test]
fn what_is_put_right_is_asked_of_the_question_before() {
    let history = &["what happens after an operation on the hip"];
    let read = readings(history, "no, I meant the knee");
    assert_eq!(read[0], "what happens after an operation on the hip (the knee)");
    let read = readings(&["can I drive after a colonoscopy?"], "sorry i was asking about after the sedative");
    assert_eq!(read[0], "can I drive after the sedative");
    let read = readings(&["who do I ring about my pump?"], "I'm asking for a mobile number");
    assert_eq!(read[0], "who do I ring about my pump (a mobile number)");
    for question in
        ["I mean, how long do I stay in hospital after a stent", "I mean well", "I asked my surgeon"]
    {
        reads(&["what is a port"], question, question);
    }
}

#[test]
fn what_was_wrong_is_put_right_in_the_last_whole_question() {
    let earlier = &["can I swim with a port"];
    for question in ["no i meant the picc", "no, the picc", "sorry, the picc", "not the port but the picc"] {
        reads(earlier, question, "can I swim with the picc");
    }
    reads(
        &["how long does the MRI take after a CT"],
        "not the CT, the PET scan",
        "how long does the MRI take after the PET scan",
    );
    reads(&["how long can a picc stay in", "why"], "the port I mean", "how long can the port stay in");
    reads(&["is my bladder scanned"], "sorry i meant her womb", "is her womb scanned");
    reads(
        &["how long does a biopsy take"],
        "sorry i meant the PET scan not the biopsy",
        "how long does the PET scan take",
    );
    reads(
        &["can my hip be scanned after a CT"],
        "I meant my knee, not my hip",
        "can my knee be scanned after a CT",
    );
    for question in ["no the doctor said so", "not really, the pain is worse", "not today, tomorrow"] {
        reads(earlier, question, question);
    }
}

#[test]
fn what_opened_the_conversation_leans_on_nothing() {
    let read = readings(&["what means RBAC ?"], "can you tell me about its policies");
    assert_eq!(read[0], "can you tell me about its policies (RBAC)");
    let history = &["the side effects?"];
    reads(history, "how long do they last?", "how long do the side effects last?");
}

#[test]
fn what_was_turned_to_is_the_subject_from_then_on() {
    let history = &["what is chemotherapy", "and PRRT?"];
    reads(history, "how long does it take?", "how long does PRRT take?");
    reads(&["what is targeted therapy"], "who gets it?", "who gets targeted therapy?");
}

#[test]
fn more_of_the_same_is_the_question_before() {
    let answered = Some("Friends can help.".to_owned());
    let mut last = Exchange { answered, ..asked("do friends help?") };
    last.offered = vec!["Find a good listener".to_owned()];
    let read = |last: &Exchange, question| standalone(std::slice::from_ref(last), question);
    for more in
        ["tell me more", "ok tell me more please", "any others?", "what else?", "go on", "anything else?"]
    {
        let read = read(&last, more);
        assert_eq!((read.text.as_str(), read.kind), ("do friends help?", StandaloneKind::GoesOn), "{more}");
    }
    for same in ["yes please", "yes", "say that again please"] {
        let read = read(&last, same);
        assert_eq!(
            (read.text.as_str(), read.kind),
            ("do friends help?", StandaloneKind::TakesUpOffer),
            "{same}"
        );
    }
    for other in [
        "what else can I eat?",
        "ok",
        "no thanks",
        "more pain since yesterday",
        "can I carry on?",
        "should I rest?",
        "is it okay to rest?",
        "Should I repeat it?",
    ] {
        let kind = read(&last, other).kind;
        assert!(!matches!(kind, StandaloneKind::TakesUpOffer | StandaloneKind::GoesOn), "{other}");
    }
    last.answered = None;
    assert_ne!(read(&last, "yes").kind, StandaloneKind::TakesUpOffer);
}

#[test]
fn the_subject_is_carried_along() {
    let mut history = vec![asked("what is lanreotide")];
    let mut ask = |question: &str, expected: &str| {
        let read = standalone(&history, question);
        assert_eq!(read.text, expected);
        let read_as = (read.text != question).then_some(read.text);
        history.push(Exchange { read_as, ..asked(question) });
    };
    ask("is it safe?", "is lanreotide safe?");
    ask("how often?", "how often? (lanreotide)");
    ask("what is a stent", "what is a stent");
    ask("how long does it last", "how long does the stent last");
}

#[test]
fn a_question_that_stands_by_itself_is_left_alone() {
    for question in [
        "what should I bring to my appointment?",
        "is surgery painful",
        "is it normal to feel tired after chemo",
        "does it hurt to have a biopsy",
        "how long does it take to get results",
        "will they have to cut me open to get a sample",
        "are there tests that I have to fast for",
        "I had a scan last week, will it show the tumor?",
        "can the surgeon find the tumor and remove it",
        "which operation is done for a tumor in the tail",
        "when should I call my doctor",
        "can I bring my sister",
        "chemotherapy",
    ] {
        let read = standalone(&[asked("what is a MIBG scan")], question);
        assert_eq!(read.text, question);
        assert!(
            matches!(read.kind, StandaloneKind::SelfContained | StandaloneKind::TopicChange),
            "{question}"
        );
    }
    assert_eq!(standalone(&[], "how long does it take?").kind, StandaloneKind::SelfContained);
}

#[test]
fn a_topic_change_is_told_from_a_question_on_the_subject() {
    let history = [asked("what is a MIBG scan")];
    assert_eq!(standalone(&history, "where is the scan done").kind, StandaloneKind::SelfContained);
    assert_eq!(standalone(&history, "what should I eat").kind, StandaloneKind::TopicChange);
}

#[test]
fn an_offer_is_taken_up_by_yes_or_by_number() {
    let offered = vec!["What is a stent?".to_owned(), "How is a stent placed?".to_owned()];
    let last = Exchange { offered, ..asked("what is a bile duct") };
    for yes in ["yes please", "Sure!", "yes", "yeah go ahead"] {
        let read = standalone(std::slice::from_ref(&last), yes);
        assert_eq!(
            (read.text.as_str(), read.kind),
            ("What is a stent?", StandaloneKind::TakesUpOffer),
            "{yes}"
        );
    }
    for second in ["the second one", "number 2", "tell me about the second question"] {
        let read = standalone(std::slice::from_ref(&last), second);
        assert_eq!(
            (read.text.as_str(), read.kind),
            ("How is a stent placed?", StandaloneKind::Ordinal),
            "{second}"
        );
    }
    assert_eq!(standalone(&[last], "the ninth one").text, "the ninth one");
}

#[test]
fn an_ordinal_counts_the_items_that_were_quoted() {
    let listed = vec!["- Surgery: takes it out".to_owned(), "- Radiofrequency ablation (heat)".to_owned()];
    let last = Exchange { listed, ..asked("which treatments are there") };
    let read = |question| standalone(std::slice::from_ref(&last), question).text;
    assert_eq!(read("the second one"), "Radiofrequency ablation");
    assert_eq!(read("is the first one painful?"), "is Surgery painful?");
    assert_eq!(read("how is the last one done"), "how is Radiofrequency ablation done");
}

#[test]
fn an_ordinal_counts_what_was_quoted_before_questions_that_found_nothing() {
    let listed = vec!["- Blood tests".to_owned(), "- A needle".to_owned()];
    let listing = Exchange { listed, ..asked("which tests are there") };
    let mut history = vec![listing, asked("which of those hurt"), asked("do I have to fast")];
    assert_eq!(standalone(&history, "the second one").text, "A needle");
    history.push(asked("who pays"));
    assert_eq!(standalone(&history, "the second one").kind, StandaloneKind::TopicChange);
}

#[test]
fn a_word_of_the_quote_is_explained() {
    let last = Exchange {
        answered: Some("It is seen by laparoscopy or by hand.".into()),
        ..asked("how is it looked at from inside")
    };
    let read = standalone(&[last], "what does that word mean?").text;
    assert_eq!(read, "what does that word mean? (laparoscopy)");
}

proptest! {
    #[test]
    fn a_question_that_names_its_subject_has_one_reading(
        history in "(what is|how long does|the|scan|tumor|hurt| ){1,8}",
        frame in "(what is|when can I have|does my doctor advise|which side effects has|who needs)",
        subject in "(a liver transplant|an iron infusion|keyhole surgery of the knee|the barium meal)",
    ) {
        let question = format!("{frame} {subject}?");
        let read = standalone(&[asked(&history)], &question);
        prop_assert_eq!(&read.text, &question);
        prop_assert!(read.others.is_empty(), "{:?}", read);
    }

    #[test]
    fn a_reading_is_never_longer_than_what_it_is_made_of(
        history in prop::collection::vec("(what is|how|it|the|scan|liver|second|and|\\PC{1,6}| |\\?){0,12}", 0..4),
        question in "(yes|it|that|the|second|one|how|long|liver|why|\\PC{1,6}| |\\?|,){0,12}",
    ) {
        let exchanges: Vec<Exchange> = history.iter().map(|text| asked(text)).collect();
        let read = standalone(&exchanges, &question);
        let said: usize = history.iter().map(String::len).sum();
        prop_assert!(read.text.len() <= question.len() + said + 4, "{:?}", read);
        if read.kind == StandaloneKind::SelfContained || read.kind == StandaloneKind::TopicChange {
            prop_assert_eq!(read.text, question);
        }
    }
}
