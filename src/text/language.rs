//! Which language a message is in, told only on evidence.
//!
//! Scripts tell by their letters; languages of Latin script by their most frequent function words, of which
//! each list holds some dozens. A word that English knows, or that is one letter from a common English word
//! ("wat"), is evidence for nothing, so that short, misspelt and technical English is not taken for another
//! language. English is the language of the function words here; the others are told from it and from
//! each other.

use super::normalize::fold;

/// A language, or a script where that is all that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "their names say it")]
pub enum Language {
    English,
    German,
    Dutch,
    French,
    Spanish,
    Italian,
    Portuguese,
    Polish,
    Turkish,
    Arabic,
    Cyrillic,
    Greek,
    Hebrew,
    Chinese,
    Japanese,
    Korean,
    Devanagari,
    Thai,
}

impl Language {
    /// The language of a BCP 47 tag, as far as it is one of these.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        Some(match primary.as_str() {
            "en" => Self::English,
            "de" => Self::German,
            "nl" => Self::Dutch,
            "fr" => Self::French,
            "es" => Self::Spanish,
            "it" => Self::Italian,
            "pt" => Self::Portuguese,
            "pl" => Self::Polish,
            "tr" => Self::Turkish,
            "ar" | "fa" | "ur" => Self::Arabic,
            "ru" | "uk" | "bg" | "sr" => Self::Cyrillic,
            "el" => Self::Greek,
            "he" => Self::Hebrew,
            "zh" => Self::Chinese,
            "ja" => Self::Japanese,
            "ko" => Self::Korean,
            "hi" => Self::Devanagari,
            "th" => Self::Thai,
            _ => return None,
        })
    }
}

/// Function words by language, folded. Those that English shares count for neither.
const FUNCTION_WORDS: &[(Language, &str)] = &[
    (
        Language::German,
        "was war die hat man so in an am der das und ist nicht ich sie ein eine einen einem einer den dem des mit fur auf von zu zum zur im wie wer wo warum \
         wann welche welcher welches kann konnen muss mussen soll sollte darf habe haben werden wird wurde sind sein meine mein \
         meinen meinem meiner bei nach oder aber auch noch nur es gibt bitte sehr uber durch vor wenn dass weil ohne gegen unter \
         mir mich wir uns ihr ihre kein keine dauert lange bekomme behandlung krebs",
    ),
    (
        Language::Dutch,
        "is was in of met op de het een en van ik je jij u niet zijn heb hebt heeft hebben wordt worden kan kunnen moet moeten mag wil willen voor \
         naar bij uit om dat dit die deze welke waarom wanneer hoe waar wie ook nog maar geen mijn onze ons hun haar zou zal er dan \
         als tijdens na duurt lang bijwerkingen behandeling kanker krijg doet pijn",
    ),
    (
        Language::French,
        "on me en a le la les un une des du de et est sont je tu il elle nous vous ils elles mon ma mes ton ta votre notre que qui quoi quel quelle \
         quels quelles comment pourquoi quand combien ou dans sur avec sans pour par pas ne plus ce cette ces cela ca au aux suis avez \
         ai peut puis dois doit faut etre avoir fait c'est est-ce qu'est l'on y se son sa ses traitement apres avant chez",
    ),
    (
        Language::Spanish,
        "no me a he el la los las un una unos unas de del y es son que quien como cuando donde por para con sin en se mi mis tu su sus al lo le \
         te nos pero si muy mas esta este estos estas hay puedo puede pueden debo debe tengo tiene tienen ser estar ha cual cuales \
         cuanto cuanta cuantos porque tratamiento despues antes sobre entre hacer dura",
    ),
    (
        Language::Italian,
        "in no a il lo la gli le un una uno di del della dei delle degli dello e sono che chi come quando dove perche per con senza nel nella \
         si mi ti ci mio mia miei tuo suo al alla ai alle non ma anche piu questo questa questi queste posso puo possono devo deve ho \
         hai ha abbiamo essere avere quale quali quanto quanta dopo prima cosa cos'e c'e dura trattamento",
    ),
    (
        Language::Portuguese,
        "no a me o os as um uma uns umas de do da dos das e sao que quem como quando onde por para com sem em na nos nas se meu minha meus \
         seu sua ao aos nao mas muito mais este esta isto esse essa posso pode podem devo deve tenho tem ter ser estar foi qual quais \
         quanto quanta porque tratamento depois antes sobre voce dura eu",
    ),
    (
        Language::Polish,
        "i to a no w z na do nie sie jest sa co jak czy kiedy gdzie dlaczego ile kto ktory ktora ktore moge mozna musze mam ma mamy mi mnie \
         moj moja moje dla od po przed przy bez oraz ale lub tego tej ten ta te juz tylko bardzo przez jakie jaki jaka leczenie trwa \
         bedzie byc",
    ),
    (
        Language::Turkish,
        "ve bir bu ne nasil neden nerede hangi kim icin ile mi mu midir nedir var yok degil cok daha gibi sonra once olarak olan ben sen \
         biz siz benim bana beni ama veya kadar her en da ki tedavi zaman surer olur yapilir miyim",
    ),
];

/// Function words and the commonest other words of English questions.
const ENGLISH: &str = "a about after again all also am an and any are as at be because been before being best better between both but by \
    can cant could cancer chemo come days did do does doctor done dont down during each eat effects else every family feel few find first food for \
    from further get give go going good had has have having he health help her here high him his hospital hot how hurt i if im in into is it \
    its just kind know last let life like list long low made make man many mat may me mean medicine men more most much must my need new next \
    no nor not now of off old on once one only or other our out over own pain part people per please put really results right safe said same scan \
    see she should show side so some still surgery take tell test than that the their them then there these they thing think this those \
    through time to too treatment tumor two type under until up upon us use used very via want was way we well were what when where which \
    while who why will wife with work would year yes yet you your die den dies des war hat wars gift art arm hand \
    son pan sale tale mine met end een het mag wit";

/// Question words and the like that hardly occur in English, even misspelt: one is enough in a short message
/// without English words.
const TELLING: &[(Language, &str)] = &[
    (
        Language::German,
        "ist nicht warum welche welcher welches muss mussen kann konnen ich und fur eine habe wie dauert sind",
    ),
    (Language::Dutch, "waarom wanneer welke moet duurt zijn hoe heeft mijn niet"),
    (
        Language::French,
        "pourquoi comment quelle quels quelles quel est-ce combien puis-je traitement c'est qu'est",
    ),
    (Language::Spanish, "cuando donde cual cuales cuanto puedo tratamiento como"),
    (Language::Italian, "perche quanto quali posso cos'e sono trattamento dove quale come'e"),
    (Language::Portuguese, "quando onde posso nao voce tratamento quais sao"),
    (Language::Polish, "jak czy kiedy gdzie dlaczego jest leczenie jakie"),
    (Language::Turkish, "nedir nasil neden nerede hangi icin tedavi midir"),
];

/// Letters of one language among these; accents that names carry into English are left out.
const LETTERS: &[(Language, &str)] = &[
    (Language::German, "ß"),
    (Language::Spanish, "¿¡"),
    (Language::Portuguese, "ãõ"),
    (Language::Polish, "łżśźćęąń"),
    (Language::Turkish, "şğı"),
];

/// Words looked at; a longer message tells its language by then.
const MAX_WORDS: usize = 200;
/// Shortest English word whose misspellings count as English.
const NEAR: usize = 4;

/// The language of `text` where it is told and is not `expected`.
#[must_use]
pub fn other_than(expected: Language, text: &str) -> Option<Language> {
    detect(text).filter(|&found| found != expected)
}

/// The language of `text`; `None` where there is too little evidence.
#[must_use]
pub fn detect(text: &str) -> Option<Language> {
    if let Some(script) = script(text) {
        return Some(script);
    }
    let words: Vec<String> = text
        .split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '\u{2019}' || c == '-'))
        .filter(|word| !word.is_empty())
        .take(MAX_WORDS)
        .map(fold)
        .collect();
    let english = words.iter().filter(|word| holds(ENGLISH, word)).count();
    let strange: Vec<&String> = words.iter().filter(|word| !is_english(word)).collect();
    let mut best: Option<(usize, bool, Language)> = None;
    for &(language, list) in FUNCTION_WORDS {
        let hits = strange.iter().filter(|word| holds(list, word)).count() + letters(language, text);
        let telling = TELLING
            .iter()
            .any(|&(told, list)| told == language && strange.iter().any(|word| holds(list, word)));
        if best.is_none_or(|(most, told, _)| (hits, telling) > (most, told)) {
            best = Some((hits, telling, language));
        }
    }
    let (hits, telling, language) = best?;
    let foreign = hits >= 2 && hits > english_only(&words, list_of(language));
    let short = hits == 1 && telling && words.len() <= 6 && english_only(&words, list_of(language)) == 0;
    if foreign || short {
        return Some(language);
    }
    (english >= 2 || (english == 1 && hits == 0)).then_some(Language::English)
}

fn list_of(language: Language) -> &'static str {
    FUNCTION_WORDS.iter().find(|&&(known, _)| known == language).map_or("", |&(_, list)| list)
}

/// Words of English that the other language does not know.
fn english_only(words: &[String], other: &str) -> usize {
    words.iter().filter(|word| holds(ENGLISH, word) && !holds(other, word)).count()
}

fn letters(language: Language, text: &str) -> usize {
    let special = LETTERS.iter().find(|&&(known, _)| known == language).map_or("", |&(_, letters)| letters);
    let found = text.chars().flat_map(char::to_lowercase).filter(|&c| special.contains(c)).take(2).count();
    found.min(2)
}

/// Whether `word` is English, or one letter from a common English word.
fn is_english(word: &str) -> bool {
    if holds(ENGLISH, word) {
        return true;
    }
    let length = word.chars().count();
    let told = TELLING.iter().any(|&(_, list)| holds(list, word));
    !told
        && (NEAR - 1..=12).contains(&length)
        && ENGLISH.split_ascii_whitespace().any(|known| {
            known.len() >= NEAR
                && known.len().abs_diff(word.len()) <= 1
                && strsim::osa_distance(known, word) == 1
        })
}

fn holds(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// The script of most letters, where that is not Latin.
fn script(text: &str) -> Option<Language> {
    let mut counts: Vec<(Language, usize)> = Vec::new();
    let mut letters = 0;
    for c in text.chars().filter(|c| c.is_alphabetic()).take(MAX_WORDS * 10) {
        letters += 1;
        let Some(language) = script_of(c) else { continue };
        match counts.iter_mut().find(|(known, _)| *known == language) {
            Some((_, count)) => *count += 1,
            None => counts.push((language, 1)),
        }
    }
    let kana = counts.iter().any(|&(language, _)| language == Language::Japanese);
    let &(language, _) = counts.iter().max_by_key(|&&(_, count)| count)?;
    let all: usize = counts.iter().map(|&(_, count)| count).sum();
    let language = if kana && language == Language::Chinese { Language::Japanese } else { language };
    (all * 2 >= letters && all >= 2).then_some(language)
}

const fn script_of(c: char) -> Option<Language> {
    Some(match c as u32 {
        0x370..=0x3ff | 0x1f00..=0x1fff => Language::Greek,
        0x400..=0x52f => Language::Cyrillic,
        0x590..=0x5ff => Language::Hebrew,
        0x600..=0x77f | 0xfb50..=0xfdff | 0xfe70..=0xfeff => Language::Arabic,
        0x900..=0x97f => Language::Devanagari,
        0xe00..=0xe7f => Language::Thai,
        0x3040..=0x30ff => Language::Japanese,
        0x3400..=0x9fff => Language::Chinese,
        0xac00..=0xd7af | 0x1100..=0x11ff => Language::Korean,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
