//! The kind of answer that a question wants, and what such an answer looks like.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::Span;
use crate::text::pattern::literal;

/// What a question asks for, as far as its form says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuestionKind {
    /// "How long ...": a span of time.
    Duration,
    /// "When ...", "how often ...": a time.
    Time,
    /// "How much", "how many": a number.
    Quantity,
    /// "What are my options", "which tests", "what should I ask": several things.
    Several,
    /// "What is ...": a statement that says what something is.
    Definition,
    /// "Who ...", "whom can I ask": people.
    Person,
    /// "Where ...": a place.
    Place,
    /// "Why ...", "what for": a reason.
    Reason,
    /// "How is it done", "how do they ...": a course of events.
    Procedure,
    /// "Can I ...", "do I have to ...", "is it safe": yes, no, or under which conditions.
    Permission,
    /// Anything else.
    Open,
}

struct Patterns {
    duration: Regex,
    time: Regex,
    quantity: Regex,
    several: Regex,
    plural: Regex,
    dated: Regex,
    definition: Regex,
    purpose: Regex,
    no_purpose: Regex,
    person: Regex,
    condition: Regex,
    names: Regex,
    place: Regex,
    reason: Regex,
    procedure: Regex,
    permission: Regex,
    people: Regex,
    places: Regex,
    reasons: Regex,
    events: Regex,
    rules: Regex,
    span_of_time: Regex,
    point_in_time: Regex,
    number: Regex,
    named_span: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| Patterns {
    duration: literal(
        r"(?i)\bhow\s+(?:long|soon|quick(?:ly)?|fast|many\s+(?:more\s+)?(?:days|nights|weeks|months|years|hours|minutes)|much\s+(?:longer|time))\b",
    ),
    time: literal(
        r"(?i)\b(?:when|how\s+(?:often|frequently|regularly)|(?:what|which)\s+(?:time|date|day|month|year|century)|latest\s+(?:date|day|time)|(?:from|by|until|till)\s+when)\b",
    ),
    quantity: literal(
        r"(?i)\bhow\s+(?:much|many|high|low|big|large|far|old|deep|hot)\b|\b(?:what|which)\s+(?:number|value|dose|level|temperature|percentage|amount|size|age)\b|\bwhat\s+(?:should|must)\s+(?:my|the|his|her)\b.*\bbe\b",
    ),
    dated: literal(
        r"(?i)\b(?:(?:what|which|latest)\s+(?:\w+\s+)?(?:time|date|day|month|year|century)|(?:from|by|until|till)\s+when)\b",
    ),
    several: literal(
        r"(?i)\b(?:which|what)\s+(?:(?:are|other|kinds?|sorts?|types?)\b|(?:\w+\s+){0,2}(?:options|tests|treatments|questions|symptoms|scans|ways|things|choices|steps|signs|side\s+effects)\b|(?:can|could|do|may|must|shall|should|will|would)\s+(?:i|we)\b)|\bwhat\s+(?:not\s+)?to\s+(?:ask|avoid|bring|do|eat|expect|pack|prepare|take|wear)\b|\b(?:a|the)\s+list\s+of\b|^\W*list\b|\b(?:options|alternatives|choices)\b|^\W*(?:\w+\s+){0,2}(?:tests|treatments|symptoms|signs|side\s+effects|risks|foods|exercises|questions|things|causes|reasons|tips|operations|procedures|complications|ways|kinds|sorts|types|examples|benefits|advantages|disadvantages)\s+(?:for|of|to|after|before|with|about)\b",
    ),
    plural: literal(concat!(
        r"(?i)\b(?:(?:(?<which>which)\s+(?:of\s+(?:her|his|my|our|the|these|those|your)\s+)?)|what\s+)",
        r"(?<between>(?:[\w'-]+\s+){0,2})(?<noun>[a-z]{2,}[a-hj-rtv-z]s)\s+(?:am\s+i\b",
        r"|(?:are|can|could|did|do|have|may|might|must|shall|should|will|would)\s+",
        r"(?:he|her|his|i|it|most|my|one|our|patients|people|she|somebody|someone|the|their|there|they|we|you|your)\b",
        r"|are\s+(?:allowed|available|bad|best|done|given|good|involved|needed|offered|ok|okay|possible|recommended|safe|used)\b",
        r"|(?<verb>are|can|cause|contain|could|do|give|have|help|make|may|might|must|need|should|will|would)\b)",
    )),
    definition: literal(
        r"(?i)\b(?:what\s+(?:is|are|does\s+.+\s+mean)|what's|whats|define|definition|meaning|stands?\s+for|short\s+for|full\s+form|abbreviation)\b",
    ),
    purpose: literal(concat!(
        r"(?i)\bwhat(?:'?s|\s+is|\s+are|\s+was)\s+(?:(?:the\s+)?(?:point|purpose|reason)\b",
        r"|(?:[\w'-]+\s+){1,4}for\W*$)",
    )),
    no_purpose: literal(
        r"(?i)\b(?:best|cure|good|look\s+out|short|signs|stands?|symptoms|treatments?|(?:ask|check|hop|look|pay|prepar|scann?|screen|search|test|wait|watch)ing)\s+for\W*$",
    ),
    person: literal(
        r"(?i)\b(?:who|whom|whose)\b|\b(?:what|which)\s+(?:consultant|doctor|nurse|person|specialist|surgeon)(?:\s+(?:can|could|did|do|does|has|is|may|must|should|to|was|will|would)\b|\W*$)",
    ),
    condition: literal(
        r"(?i)\bwho\s+(?:(?:is|are)\s+(?:not\s+)?(?:allowed|eligible|suitable|at\s+risk)|gets?|has|have|needs?|must|can(?:not|'t)?\s+(?:have|get|take|use)|should\s+(?:not\s+)?(?:have|get|take|use)|qualif\w+)\b",
    ),
    place: literal(
        r"(?i)\b(?:where|(?:what|which)\s+(?:address|building|department|desk|door|entrance|floor|room|ward))\b",
    ),
    reason: literal(r"(?i)\b(?:why|what\s+(?:\w+\s+){1,4}for\b|how\s+come|reason)"),
    procedure: literal(r"(?i)\bhow\s+(?:is|are|was|do|does|did|can|will|would|should|to)\b"),
    permission: literal(
        r"(?i)(?:^|[,.;]\s*|\b(?:and|but|so|or)\s+)(?:(?:can|may|could|should|must|am|do|will|shall|would)\s+(?:i|we|he|she|they|you|my|someone|anyone)\b|(?:is\s+it|would\s+it\s+be)\s+(?:all\s*right|alright|bad\b|fine\b|harmful|ok|okay|safe|possible|allowed|necessary|normal|dangerous|risky|wise)|are\s+(?:there|we|you)|is\s+there|(?:is|are)\s+(?:[\w'-]+\s+){1,3}(?:allowed|ok|okay|permitted|safe)\b)",
    ),
    people: literal(
        r"(?i)\b(?:doctors?|nurses?|surgeons?|specialists?|team|physicians?|\w+ologists?|therapists?|psychiatrists?|pharmacists?|dieti[ct]ians?|midwi(?:fe|ves)|counsel+ors?|social\s+workers?|clergy|chaplains?|family|friends?|relatives?|partner|groups?|people|patients?|adults|children|women|men|everyone|anyone|someone)\b",
    ),
    places: literal(
        r"(?i)\b(?:hospital|clinic|ward|department|room|home|office|cent(?:er|re)|pharmacy|reception|desk|floor|building|street|area|website|online|internet|in|at|near)\b",
    ),
    reasons: literal(
        r"(?i)\b(?:because|since|so\s+that|so\s+you|in\s+order\s+to|due\s+to|caus(?:e|es|ed|ing)|reasons?|therefore|otherwise|to\s+(?:help|prevent|avoid|check|see|find|make|show|look|reduce|lower|keep|treat|stop|relieve|protect|collect|remove|learn|determine)|helps?|prevents?|means?)\b",
    ),
    events: literal(
        r"(?i)\b(?:during|first|then|after(?:wards)?|through|into|using|uses|involves?|by\s+\w+ing|insert(?:s|ed|ing)?|pass(?:es|ed|ing)?|plac(?:es|ed|ing)|inject(?:s|ed|ing)?|takes?|taken|remov(?:es|ed|ing)|done|performed|lie|apply|applying|steps?)\b",
    ),
    rules: literal(
        r"(?i)\b(?:can|cannot|can't|may|might|should|must|need|needs|needed|have\s+to|avoid|do\s+not|don't|never|always|only|allowed|safe|ask|consider|possible|unless|yes|no|if)\b",
    ),
    span_of_time: literal(
        r"(?i)\b(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|overnight|lifelong|rest of (?:your|their) li(?:fe|ves))\b",
    ),
    named_span: literal(concat!(
        r"(?i)\b(?:(?:\d+(?:[.,]\d+)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|several|a few)",
        r"(?:\s*(?:to|or|and|-|\x{2013})\s*(?:\d+(?:[.,]\d+)?|two|three|four|five|six|seven|eight|nine|ten|twelve))?\s+)?",
        r"(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|overnight|lifelong)",
        r"(?:\s+(?:to|or)\s+(?:(?:\w+\s+)?(?:minutes?|hours?|days?|weeks?|months?|years?)))?\b",
    )),
    point_in_time: literal(
        r"(?i)\b(?:before|after|during|when|until|once|twice|every|daily|weekly|monthly|morning|evening|as soon as|(?:minutes?|hours?|days?|weeks?|months?|years?)|january|february|march|april|june|july|august|september|october|november|december|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|1[0-9]{3}|20[0-9]{2}|century)\b",
    ),
    number: literal(
        r"(?i)\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|million|dozen|once|twice|half)\b",
    ),
    names: literal(r"[\p{Ll},;]\s+(?:\p{Lu}[\w'.-]+)"),
});

/// Words that end as plurals do and are none of things: times and measures, and illnesses.
const NO_THINGS: &[&str] = &[
    "ages",
    "amounts",
    "dates",
    "days",
    "degrees",
    "diabetes",
    "does",
    "doses",
    "happens",
    "herpes",
    "hours",
    "levels",
    "measles",
    "minutes",
    "months",
    "mumps",
    "nights",
    "numbers",
    "percentages",
    "rabies",
    "shingles",
    "sizes",
    "temperatures",
    "times",
    "values",
    "weeks",
    "years",
];

/// Words between "what" and a plural that show that it is not the plural that is asked for: "what if my legs are".
const NO_QUALITIES: &[&str] = &[
    "a", "about", "an", "are", "can", "could", "did", "do", "does", "happened", "happens", "has", "have",
    "he", "her", "his", "how", "i", "if", "in", "is", "it", "may", "must", "my", "of", "on", "our", "she",
    "should", "that", "the", "their", "these", "they", "this", "those", "to", "was", "we", "were", "when",
    "will", "with", "would", "you", "your",
];

/// Whether `question` asks for things of a plural: "which operations are there", "what clothes should I wear". Behind
/// "which" they may be what does something, too: "which foods contain fibre".
fn asks_for_plural(question: &str) -> bool {
    let is_one_of = |words: &[&str], word: &str| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    PATTERNS.plural.captures_iter(question).any(|found| {
        let part = |name: &str| found.name(name).map_or("", |part| part.as_str());
        let is_thing = !is_one_of(NO_THINGS, part("noun"));
        let is_asked_for = found.name("verb").is_none() || found.name("which").is_some();
        is_thing
            && is_asked_for
            && !part("between").split_whitespace().any(|word| is_one_of(NO_QUALITIES, word))
    })
}

impl QuestionKind {
    /// Reads the kind off the form of the question.
    #[must_use]
    pub fn of(question: &str) -> Self {
        let is = |pattern: &Regex| pattern.is_match(question);
        match &*PATTERNS {
            p if is(&p.duration) => Self::Duration,
            p if is(&p.several) || asks_for_plural(question) => Self::Several,
            p if is(&p.quantity) => Self::Quantity,
            p if is(&p.dated) => Self::Time,
            p if is(&p.purpose) && !is(&p.no_purpose) => Self::Reason,
            p if is(&p.definition) => Self::Definition,
            p if is(&p.person) && !is(&p.condition) => Self::Person,
            p if is(&p.place) => Self::Place,
            p if is(&p.reason) => Self::Reason,
            p if is(&p.procedure) => Self::Procedure,
            p if is(&p.permission) => Self::Permission,
            p if is(&p.time) => Self::Time,
            _ => Self::Open,
        }
    }

    /// How much the right kind of statement tells, 0 to 1: a span of time nearly always answers "how long",
    /// while a rule answers many other questions than "can I".
    #[must_use]
    pub fn strength(self) -> f32 {
        match self {
            Self::Duration => 1.0,
            Self::Time | Self::Quantity => 0.6,
            Self::Definition | Self::Several => 0.5,
            Self::Person | Self::Reason => 0.3,
            Self::Place | Self::Procedure | Self::Permission => 0.15,
            Self::Open => 0.0,
        }
    }

    /// Whether a word of the question is spent on saying its kind: "how long ... take to work".
    #[must_use]
    pub fn consumes(self, term: &str) -> bool {
        match self {
            Self::Duration => matches!(term, "long" | "take" | "taken" | "time" | "work" | "last"),
            Self::Time => matches!(term, "time" | "often" | "date"),
            Self::Definition => {
                matches!(term, "stand" | "short" | "mean" | "abbrevi" | "defin" | "definit" | "full" | "form")
            }
            Self::Quantity => matches!(term, "number" | "amount"),
            Self::Several => matches!(term, "kind" | "type" | "sort" | "list"),
            _ => false,
        }
    }

    /// The stretches of `text` that say how long, where that was asked: "six weeks", "days to weeks". In
    /// bytes of `text`, ascending.
    #[must_use]
    pub fn evidence_in(self, text: &str) -> Vec<Span> {
        match self {
            Self::Duration => PATTERNS.named_span.find_iter(text).map(|found| found.range().into()).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether `sentence` holds what an answer of this kind must hold; `None` where that cannot be seen, or
    /// where an answer may do without.
    #[must_use]
    pub fn evidence(self, sentence: &str) -> Option<bool> {
        let p = &*PATTERNS;
        match self {
            Self::Duration => Some(p.span_of_time.is_match(sentence)),
            Self::Time => Some(p.point_in_time.is_match(sentence)),
            Self::Quantity => Some(p.number.is_match(sentence)),
            Self::Person => Some(p.people.is_match(sentence) || p.names.is_match(sentence)),
            Self::Place => (p.places.is_match(sentence) || p.names.is_match(sentence)).then_some(true),
            Self::Reason => p.reasons.is_match(sentence).then_some(true),
            Self::Procedure => p.events.is_match(sentence).then_some(true),
            Self::Permission => p.rules.is_match(sentence).then_some(true),
            Self::Several | Self::Definition | Self::Open => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_off_the_form() {
        for (question, kind) in [
            ("how long does it take to heal?", QuestionKind::Duration),
            ("How soon can I drive", QuestionKind::Duration),
            ("when should I call?", QuestionKind::Time),
            ("what is a stent", QuestionKind::Definition),
            ("What are my options for treatment?", QuestionKind::Several),
            ("which tests will they do", QuestionKind::Several),
            ("what should I ask the surgeon", QuestionKind::Several),
            ("what shall we pack", QuestionKind::Several),
            ("what not to eat before the operation", QuestionKind::Several),
            ("how many stitches", QuestionKind::Quantity),
            ("can my sister come along", QuestionKind::Permission),
            ("who will do the operation", QuestionKind::Person),
            ("who has to wear one", QuestionKind::Open),
            ("do I need to list my tablets", QuestionKind::Permission),
            ("tests for a broken wrist", QuestionKind::Several),
            ("what should my blood pressure be", QuestionKind::Quantity),
            ("what is the latest date for it", QuestionKind::Time),
            ("why is the cast needed", QuestionKind::Reason),
            ("how is the wire put in", QuestionKind::Procedure),
            ("wrist fracture plate", QuestionKind::Open),
            ("how many nights will I stay", QuestionKind::Duration),
            ("how many more weeks in the cast", QuestionKind::Duration),
            ("how much longer will it ache", QuestionKind::Duration),
            ("how many times a day", QuestionKind::Quantity),
            ("how frequently is the dressing changed", QuestionKind::Time),
            ("types of anaesthetic", QuestionKind::Several),
            ("what is the purpose of the drain", QuestionKind::Reason),
            ("what's the plate for?", QuestionKind::Reason),
            ("what is a stent for the heart", QuestionKind::Definition),
            ("what is PET short for?", QuestionKind::Definition),
            ("what is the scan looking for", QuestionKind::Definition),
            ("what is the dressing for", QuestionKind::Reason),
            ("which doctor do I see", QuestionKind::Person),
            ("Which surgeon?", QuestionKind::Person),
            ("which specialist diet did it say", QuestionKind::Open),
            ("what floor is the clinic on", QuestionKind::Place),
            ("is swimming allowed with a cast", QuestionKind::Permission),
            ("would it be alright to fly", QuestionKind::Permission),
            ("is the wound infected", QuestionKind::Open),
            ("is it badly bruised", QuestionKind::Open),
        ] {
            assert_eq!(QuestionKind::of(question), kind, "{question}");
        }
    }

    #[test]
    fn a_plural_behind_which_or_what_wants_several_things() {
        for question in [
            "what operations are there",
            "which tests will I have",
            "What clothes should I wear?",
            "what exercises can you do in bed",
            "which foods contain fibre",
            "which of my tablets do I stop",
            "what pain relief drugs are available",
            "what pills am I on",
            "Which medicines may make me sleepy?",
            "operations for a hernia",
        ] {
            assert_eq!(QuestionKind::of(question), QuestionKind::Several, "{question}");
        }
        for question in [
            "what if my legs are swollen",
            "what happens when the stitches are taken out",
            "what days can I visit",
            "which visiting hours are there",
            "what diabetes do I have",
            "what nurses do all day",
            "what does the scan show",
            "what was done to my bones",
            "which operation is it",
            "what process will I go through",
            "tell me what the doctors will do",
            "what is in the drops they give me",
        ] {
            assert_ne!(QuestionKind::of(question), QuestionKind::Several, "{question}");
        }
    }

    #[test]
    fn no_word_is_listed_twice() {
        for words in [NO_THINGS, NO_QUALITIES] {
            assert_eq!(crate::text::repeated(words.iter().copied()), [""; 0]);
        }
    }

    #[test]
    fn a_duration_wants_a_span_of_time() {
        assert_eq!(QuestionKind::Duration.evidence("It heals within six weeks."), Some(true));
        assert_eq!(QuestionKind::Duration.evidence("It heals well."), Some(false));
        assert_eq!(QuestionKind::Open.evidence("It heals well."), None);
    }

    #[test]
    fn the_span_of_time_itself_is_found() {
        for (sentence, spans) in [
            ("It heals in days to weeks.", vec!["days to weeks"]),
            ("Wait 2-3 weeks, or six months.", vec!["2-3 weeks", "six months"]),
            ("It heals well.", vec![]),
        ] {
            let found = QuestionKind::Duration.evidence_in(sentence);
            assert_eq!(found.iter().map(|span| span.slice(sentence).unwrap()).collect::<Vec<_>>(), spans);
        }
        assert!(QuestionKind::Open.evidence_in("six weeks").is_empty());
    }
}
