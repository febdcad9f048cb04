//! Whole texts: as phones write them, as people send them, and as nobody does.

use proptest::prelude::*;

use super::*;

const LATEST: Day = Day { year: 2026, month: 11, day: 29 };

/// Its messages, and how many notices stand among them.
fn read_by(known: &[&str], text: &str) -> Result<(Surveyed, Vec<Message>, usize), NoExport> {
    let mut survey = Survey::new(known, LATEST, None);
    survey.push(text)?;
    let surveyed = survey.finish()?;
    let (mut reader, mut entries) = (Reader::new(&surveyed, known, LATEST), vec![]);
    reader.push(text, &mut entries)?;
    reader.finish(&mut entries)?;
    let all = entries.len();
    let messages: Vec<Message> = entries
        .into_iter()
        .filter_map(|entry| match entry {
            Entry::Message(message) => Some(message),
            Entry::Notice => None,
        })
        .collect();
    let notices = all - messages.len();
    Ok((surveyed, messages, notices))
}

fn read(text: &str) -> Result<(Surveyed, Vec<Message>, usize), NoExport> {
    read_by(&[], text)
}

fn said(messages: &[Message]) -> Vec<(&str, Option<&str>)> {
    messages
        .iter()
        .map(|message| {
            let text = if let Content::Text(text) = &message.content { Some(text.as_str()) } else { None };
            (message.name.as_str(), text)
        })
        .collect()
}

const ANDROID: &str = "\u{feff}31/12/23, 14:04 - Messages and calls are end-to-end encrypted. No one outside of this chat can read them.\r
31/12/23, 14:05 - Ada Rossi: Is it still there?\r
I saw it: the red one.\r
\r
Ada\r
31/12/23, 14:07 - The Shop: It is.\r
31/12/23, 14:07 - The Shop: IMG-20231231-WA0001.jpg (file attached)\r
the red one\r
31/12/23, 14:09 - Ada Rossi: <Media omitted>\r
31/12/23, 14:10 - Ada Rossi: This message was deleted\r
31/12/23, 14:11 - Missed voice call\r
01/01/24, 09:00 - The Shop: See you at 5 <This message was edited>\r
";

#[test]
fn an_export_of_android_is_read() {
    let (surveyed, messages, notices) = read(ANDROID).unwrap();
    assert_eq!(surveyed.order, DateOrder::DayMonthYear);
    assert_eq!(
        surveyed.names.into_iter().collect::<Vec<_>>(),
        [("Ada Rossi".to_owned(), 3), ("The Shop".to_owned(), 3)]
    );
    assert_eq!((surveyed.messages, notices), (6, 2));
    assert_eq!(
        said(&messages),
        [
            ("Ada Rossi", Some("Is it still there?\nI saw it: the red one.\n\nAda")),
            ("The Shop", Some("It is.")),
            ("The Shop", None),
            ("Ada Rossi", None),
            ("Ada Rossi", None),
            ("The Shop", Some("See you at 5")),
        ]
    );
    let picture = WrittenFile {
        kind: Some(FileKind::Image),
        name: Some("IMG-20231231-WA0001.jpg".to_owned()),
        caption: Some("the red one".to_owned()),
    };
    assert_eq!(messages[2].content, Content::File(picture));
    assert_eq!(messages[4].content, Content::Deleted);
    assert_eq!((messages[5].day, messages[5].line), (Day { year: 2024, month: 1, day: 1 }, 12));
}

#[test]
fn an_export_of_an_iphone_is_read() {
    let text = "[12/31/23, 2:04:59\u{202f}PM] Ada: \u{200e}Messages and calls are end-to-end encrypted. No one can read them.\n\
                [12/31/23, 2:05:07\u{202f}PM] Ada: Is it still there?\n\
                \u{200e}[12/31/23, 2:05:09\u{202f}PM] Ada: \u{200e}<attached: 00000003-PHOTO-2023-12-31-14-05-09.jpg>\n\
                \u{200e}[12/31/23, 2:06:00\u{202f}PM] The Shop: \u{200e}Voice call, \u{200e}No answer\n\
                [12/31/23, 2:07:00\u{202f}PM] \u{202a}+39\u{a0}333\u{a0}123\u{a0}4567\u{202c}: Buon anno";
    let (surveyed, messages, notices) = read(text).unwrap();
    assert_eq!((surveyed.order, notices), (DateOrder::MonthDayYear, 2));
    assert!(surveyed.style.has_seconds());
    assert_eq!(
        said(&messages),
        [("Ada", Some("Is it still there?")), ("Ada", None), ("+39\u{a0}333\u{a0}123\u{a0}4567", Some("Buon anno"))]
    );
    assert_eq!(messages[0].time, Time { hour: 14, minute: 5, second: Some(7) });
}

#[test]
fn a_name_may_have_a_colon_or_be_a_number() {
    let text = "31/12/23, 14:05 - Shop: Rome: Hello\n31/12/23, 14:06 - 007: Note: yes\n31/12/23, 14:07 - Shop: no\n";
    let (surveyed, messages, _) = read_by(&["Shop: Rome"], text).unwrap();
    assert_eq!(surveyed.names.len(), 3);
    assert_eq!(said(&messages), [("Shop: Rome", Some("Hello")), ("007", Some("Note: yes")), ("Shop", Some("no"))]);
}

#[test]
fn what_looks_as_a_line_of_another_phone_is_what_somebody_wrote() {
    let text = "31/12/23, 14:05 - Ada: Look what Bob wrote:\n\
                [30/12/23, 14:05:07] Bob: here\n\
                12/30/23, 2:05 PM - Bob: there\n\
                30.12.23, 14:05 - Bob: and there\n\
                31/13/23, 14:05 - Bob: on no day\n\
                31/12/99, 14:05 - Bob: on a day to come\n\
                31/12/23, 14:06 - Ada: see?\n";
    let (surveyed, messages, _) = read(text).unwrap();
    assert_eq!((surveyed.names.len(), messages.len()), (1, 2));
    // What is written as the file is can't be told from it.
    let (surveyed, ..) = read(&text.replace("[30/12/23, 14:05:07]", "30/12/23, 14:05 -")).unwrap();
    assert_eq!(surveyed.names.len(), 2);
}

#[test]
fn what_is_no_export_says_why() {
    for (text, why) in [
        ("", NoExport::Empty),
        (" \n\u{feff}\n", NoExport::Empty),
        ("Ada: Hello\n", NoExport::NoHeader { line: 1 }),
        ("\n\nname,phone\n", NoExport::NoHeader { line: 3 }),
        ("31/12/23, 14:05 - Ada left\n", NoExport::NoMessages),
        (
            "1/2/23, 14:05 - Ada: a\n2/3/23, 14:05 - Ada: b\n",
            NoExport::AmbiguousDays(vec![DateOrder::DayMonthYear, DateOrder::MonthDayYear]),
        ),
    ] {
        assert_eq!(read(text).unwrap_err(), why, "{text:?}");
    }
    let said = NoExport::AmbiguousDays(vec![DateOrder::DayMonthYear, DateOrder::MonthDayYear]).to_string();
    assert_eq!(said, "it can't be told whether days are written as dmy or mdy: say which (dmy is day, month, year)");
}

#[test]
fn the_order_of_days_may_be_said() {
    let text = "1/2/23, 14:05 - Ada: a\n2/3/23, 14:05 - Ada: b\n";
    for (order, month) in [(DateOrder::DayMonthYear, 2), (DateOrder::MonthDayYear, 1)] {
        let mut survey = Survey::new(&[], LATEST, Some(order));
        survey.push(text).unwrap();
        let surveyed = survey.finish().unwrap();
        let (mut reader, mut entries) = (Reader::new(&surveyed, &[], LATEST), vec![]);
        reader.push(text, &mut entries).unwrap();
        let Some(Entry::Message(first)) = entries.first() else { panic!("{entries:?}") };
        assert_eq!(first.day.month, month);
    }
    let mut survey = Survey::new(&[], LATEST, Some(DateOrder::YearMonthDay));
    assert_eq!(survey.push(text), Err(NoExport::NoHeader { line: 1 }), "these are no days then");
}

#[test]
fn what_has_no_end_is_not_held() {
    let begin = "31/12/23, 14:05 - Ada: ";
    let long = "x".repeat(LONGEST_MESSAGE);
    assert_eq!(read(&format!("{begin}{long}")).unwrap_err(), NoExport::TooLong { line: 1 });
    let lines = "x\n".repeat(LONGEST_MESSAGE / 2 + 1);
    assert!(matches!(read(&format!("{begin}\n{lines}")), Err(NoExport::TooLong { line }) if line > 100_000));
    // A name is looked for among so much, however many colons there are.
    let colons = ": ".repeat(LONGEST_MESSAGE / 4);
    assert!(read_by(&["Ada"], &format!("{begin}{colons}")).is_ok());
}

#[test]
fn many_names_are_counted_and_no_more_are_held() {
    let text: String = (0..200).map(|nth| format!("31/12/23, 14:05 - N{nth}: a\n")).collect();
    let (surveyed, ..) = read(&text).unwrap();
    assert_eq!((surveyed.names.len(), surveyed.has_more_names, surveyed.messages), (MOST_NAMES, true, 200));
}

/// How a phone writes.
#[derive(Debug, Clone, Copy)]
struct Phone {
    is_bracketed: bool,
    between: char,
    has_comma: bool,
    has_seconds: bool,
    /// What stands for the halves of the day, if it has two.
    halves: Option<[&'static str; 2]>,
    order: DateOrder,
    has_short_year: bool,
    ends_by: &'static str,
}

fn phones() -> impl Strategy<Value = Phone> {
    let halves = prop_oneof![
        Just(None),
        Just(Some([" AM", " PM"])),
        Just(Some(["\u{202f}am", "\u{202f}pm"])),
        Just(Some(["\u{a0}a.\u{a0}m.", "\u{a0}p.\u{a0}m."])),
    ];
    let order = prop::sample::select(DateOrder::ALL.to_vec());
    let parts = (any::<bool>(), prop::sample::select(vec!['/', '.', '-']), any::<bool>(), any::<bool>());
    (parts, halves, order, any::<bool>(), prop::sample::select(vec!["\n", "\r\n"])).prop_map(
        |((is_bracketed, between, has_comma, has_seconds), halves, order, has_short_year, ends_by)| Phone {
            is_bracketed,
            between,
            has_comma,
            has_seconds,
            halves,
            order,
            // As no phone writes it, for nobody could read it.
            has_short_year: has_short_year && order != DateOrder::YearMonthDay,
            ends_by,
        },
    )
}

impl Phone {
    fn line(&self, day: Day, time: Time, name: &str, text: &str) -> String {
        let Day { year, month, day } = day;
        let year = if self.has_short_year { year % 100 } else { year };
        let numbers = match self.order {
            DateOrder::DayMonthYear => [u16::from(day), u16::from(month), year],
            DateOrder::MonthDayYear => [u16::from(month), u16::from(day), year],
            DateOrder::YearMonthDay => [year, u16::from(month), u16::from(day)],
        };
        let day = numbers.map(|number| format!("{number:02}")).join(&self.between.to_string());
        let hour = if self.halves.is_some() { (time.hour + 11) % 12 + 1 } else { time.hour };
        let half = self.halves.map_or("", |halves| halves[usize::from(time.hour >= 12)]);
        let seconds = if self.has_seconds { format!(":{:02}", time.second.unwrap_or_default()) } else { String::new() };
        let comma = if self.has_comma { "," } else { "" };
        let when = format!("{day}{comma} {hour}:{:02}{seconds}{half}", time.minute);
        let text = text.replace('\n', self.ends_by);
        match self.is_bracketed {
            true => format!("[{when}] {name}: {text}{}", self.ends_by),
            false => format!("{when} - {name}: {text}{}", self.ends_by),
        }
    }
}

/// Days in their order, with a first that can be read in one way.
fn chats() -> impl Strategy<Value = Vec<(Day, Time, bool, String)>> {
    let text = "[a-zè0-9 ,.!?:\u{1F600}-]{1,20}(\n[a-zè0-9 ,.!?:-]{1,20}){0,3}[a-z]";
    let message = (0_u32..5_000, 0_u8..24, 0_u8..60, 0_u8..60, any::<bool>(), text);
    prop::collection::vec(message, 1..40).prop_map(|messages| {
        let mut messages: Vec<(Day, Time, bool, String)> = messages
            .into_iter()
            .map(|(nth, hour, minute, second, is_hers, text)| {
                let day = |of: u32| u16::try_from(of).unwrap();
                let day = Day::new(2011 + day(nth / 336), day(nth / 28 % 12) + 1, day(nth % 28) + 1).unwrap();
                (day, Time { hour, minute, second: Some(second) }, is_hers, format!("t{text}"))
            })
            .collect();
        let day = Day::new(2010, 1, 31).unwrap();
        messages.push((day, Time { hour: 0, minute: 0, second: Some(0) }, true, "first".to_owned()));
        messages.sort_by_key(|(day, time, ..)| (*day, *time));
        messages
    })
}

proptest! {
    #[test]
    fn whatever_a_phone_writes_is_read_as_it_was(phone in phones(), chat in chats(), cut in 1_usize..200) {
        let name = |is_hers: bool| if is_hers { "Ada: Rossi" } else { "+39 06 1" };
        let text: String =
            chat.iter().map(|(day, time, is_hers, text)| phone.line(*day, *time, name(*is_hers), text)).collect();
        let known = ["Ada: Rossi"];
        let mut survey = Survey::new(&known, LATEST, None);
        let letters: Vec<char> = text.chars().collect();
        let pieces: Vec<String> = letters.chunks(cut).map(|piece| piece.iter().collect()).collect();
        for piece in &pieces {
            survey.push(piece).unwrap();
        }
        let surveyed = survey.finish().unwrap();
        prop_assert_eq!(surveyed.order, phone.order);
        let (mut reader, mut entries) = (Reader::new(&surveyed, &known, LATEST), vec![]);
        for piece in &pieces {
            reader.push(piece, &mut entries).unwrap();
        }
        reader.finish(&mut entries).unwrap();
        prop_assert_eq!(entries.len(), chat.len());
        for (entry, (day, time, is_hers, text)) in entries.into_iter().zip(chat) {
            let Entry::Message(message) = entry else { panic!("a notice") };
            let time = Time { second: time.second.filter(|_| phone.has_seconds), ..time };
            prop_assert_eq!((message.day, message.time, message.name.as_str()), (day, time, name(is_hers)));
            prop_assert_eq!(message.content, Content::Text(text));
        }
    }

    #[test]
    fn no_text_is_too_odd(text in "(?s).{0,400}") {
        let _ = read_by(&["Ada"], &text);
        let _ = Content::read(&text);
    }

    #[test]
    fn no_text_that_begins_well_is_too_odd(
        lines in prop::collection::vec(
            "([0-9]{0,3}[/.-][0-9]{0,2}[/.-][0-9]{0,5}[, ]{0,2}[0-9]{0,2}[:.][0-9]{0,3}( ?[ap]\\.?m)? ?[-\\]]? ?)?[\u{200e}<>:•()a-z \0]{0,30}",
            0..20,
        ),
    ) {
        let text = format!("31/12/23, 14:05 - Ada: a\n{}", lines.join("\n"));
        let (_, messages, notices) = read(&text).unwrap();
        prop_assert!(messages.len() + notices >= 1);
    }
}
