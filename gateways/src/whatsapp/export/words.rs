//! What WhatsApp writes where a text has not what was sent, in the languages of which we know how it says it: English, Italian, Spanish,
//! German, French, Portuguese and Dutch. What it writes in others is taken for what somebody said, so that nothing is lost.

/// Beginnings of words for "left out", of which one ends what stands for a file that is not there.
pub(super) const LEFT_OUT: [&str; 12] = [
    "omitted",
    "omess",
    "esclus",
    "omitid",
    "weggelassen",
    "ausgeschlossen",
    "absent",
    "omis",
    "retiré",
    "ocultad",
    "ocult",
    "weggelaten",
];

/// What stands behind the name of a file, in an export of Android that has its files beside it.
pub(super) const BESIDE: [&str; 7] = [
    "(file attached)",
    "(file allegato)",
    "(archivo adjunto)",
    "(datei angehängt)",
    "(fichier joint)",
    "(arquivo anexado)",
    "(bestand bijgevoegd)",
];

/// What stands before the name of a file, in an export of an iPhone that has its files beside it.
pub(super) const ATTACHED: [&str; 7] =
    ["attached", "allegato", "adjunto", "anhang", "pièce jointe", "anexado", "bijlage"];

/// What stands for a message that was taken back, without its full stop.
pub(super) const DELETED: [&str; 19] = [
    "this message was deleted",
    "you deleted this message",
    "this message was deleted by admin",
    "questo messaggio è stato eliminato",
    "hai eliminato questo messaggio",
    "se eliminó este mensaje",
    "eliminaste este mensaje",
    "diese nachricht wurde gelöscht",
    "du hast diese nachricht gelöscht",
    "ce message a été supprimé",
    "vous avez supprimé ce message",
    "mensagem apagada",
    "essa mensagem foi apagada",
    "esta mensagem foi apagada",
    "você apagou esta mensagem",
    "apagou esta mensagem",
    "dit bericht is verwijderd",
    "je hebt dit bericht verwijderd",
    "u hebt dit bericht verwijderd",
];

/// What stands behind a message that was changed, without brackets and full stop.
pub(super) const EDITED: [&str; 9] = [
    "this message was edited",
    "questo messaggio è stato modificato",
    "se editó este mensaje",
    "diese nachricht wurde bearbeitet",
    "ce message a été modifié",
    "mensagem editada",
    "essa mensagem foi editada",
    "esta mensagem foi editada",
    "dit bericht is bewerkt",
];

/// Calls, as both kinds of phone write them beside a name.
pub(super) const CALLS: [&str; 14] = [
    "missed voice call",
    "missed video call",
    "missed group voice call",
    "missed group video call",
    "chiamata vocale persa",
    "videochiamata persa",
    "llamada perdida",
    "videollamada perdida",
    "verpasster sprachanruf",
    "verpasster videoanruf",
    "appel vocal manqué",
    "appel vidéo manqué",
    "chamada de voz perdida",
    "chamada de vídeo perdida",
];

/// Beginnings of what WhatsApp says under the name of whoever is on the other side, behind a mark: that what is written is encrypted,
/// calls, who is a contact, security codes.
pub(super) const SAID_BY_WHATSAPP: [&str; 24] = [
    "messages and calls are end-to-end encrypted",
    "messages to this",
    "your security code",
    "voice call",
    "video call",
    "missed",
    "i messaggi e le chiamate sono crittografati",
    "chiamata vocale",
    "videochiamata",
    "los mensajes y las llamadas están cifrados",
    "llamada de voz",
    "videollamada",
    "llamada perdida",
    "nachrichten und anrufe sind ende-zu-ende",
    "sprachanruf",
    "videoanruf",
    "verpasster",
    "les messages et les appels sont chiffrés",
    "les messages et appels sont chiffrés",
    "appel vocal",
    "appel vidéo",
    "as mensagens e as chamadas são protegidas",
    "chamada de voz",
    "berichten en gesprekken zijn end-to-end",
];

/// Beginnings of words for kinds of files, as iPhones say what was left out.
pub(super) const KINDS: [(&str, super::FileKind); 14] = [
    ("image", super::FileKind::Image),
    ("imm", super::FileKind::Image),
    ("imagen", super::FileKind::Image),
    ("imagem", super::FileKind::Image),
    ("bild", super::FileKind::Image),
    ("afbeelding", super::FileKind::Image),
    ("vid", super::FileKind::Video),
    ("víd", super::FileKind::Video),
    ("gif", super::FileKind::Video),
    ("audio", super::FileKind::Audio),
    ("áudio", super::FileKind::Audio),
    ("sticker", super::FileKind::Sticker),
    ("figurinha", super::FileKind::Sticker),
    ("do", super::FileKind::Document),
];
