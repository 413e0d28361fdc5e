//! Abbreviations whose full stop ends no sentence, a short list per language.

/// Sorted by bytes within each language; written as they stand in text, without the last full stop.
const ABBREVIATIONS: [&[&str]; 12] = [
    // German
    &[
        "Abb", "Abs", "Abt", "Anm", "Art", "Aufl", "Bd", "Bhf", "Dipl", "Dr", "Fa", "Fr", "Frl", "Hbf", "Hr", "Hrsg", "Ing",
        "Jh", "Kap", "Mio", "Mrd", "Nr", "Pf", "Prof", "Red", "St", "Std", "Str", "Tel", "Tsd", "Univ", "Verf", "bspw", "bzgl",
        "bzw", "ca", "d.h", "dgl", "ebd", "einschl", "etc", "evtl", "geb", "gem", "ggf", "inkl", "jun", "lfd", "max", "min",
        "o.ä", "phil", "rd", "sen", "sog", "spätr", "str", "u.a", "usf", "usw", "v.a", "vgl", "z.B", "z.T", "zzgl",
    ],
    // English
    &[
        "Adm", "Apr", "Aug", "Ave", "Blvd", "Capt", "Cmdr", "Co", "Col", "Corp", "Dec", "Dept", "Feb", "Fig", "Gen", "Gov",
        "Inc", "Jan", "Jr", "Lt", "Ltd", "Maj", "Messrs", "Mr", "Mrs", "Ms", "Mt", "No", "Nov", "Oct", "Rd", "Rep", "Rev", "Sec",
        "Sen", "Sept", "Sgt", "Sr", "e.g", "i.e", "vs",
    ],
    // French
    &["Mgr", "Mlle", "Mme", "MM", "av", "boul", "env", "p.ex", "éd"],
    // Spanish
    &["Arq", "Avda", "Dña", "Gral", "Lic", "Sra", "Srta", "Ud", "Uds", "pág"],
    // Italian
    &["Dott", "Ecc", "On", "Sig", "Sigg", "Sig.ra", "avv", "ecc", "pag"],
    // Portuguese
    &["Av", "Dra", "Eng", "Exmo", "Profa"],
    // Dutch
    &["bijv", "blz", "dhr", "enz", "jl", "mevr", "mr", "mw", "nl", "resp"],
    // Polish
    &[
        "al", "godz", "im", "in", "mgr", "mies", "nr", "np", "płk", "pn", "pow", "prof", "ok", "red", "tj", "tys", "tzn", "tzw",
        "ul", "woj", "zob",
    ],
    // Turkish
    &["Av", "Doç", "No", "Sok", "vb", "vs", "yy"],
    // Russian
    &["гг", "др", "им", "млн", "млрд", "обл", "пр", "ред", "руб", "см", "стр", "тыс", "ул"],
    // Czech
    &["atd", "apod", "např", "popř", "tzv", "čes"],
    // Swedish, Danish, Norwegian
    &["bl.a", "ca", "dvs", "f.eks", "kl", "m.m", "osv", "t.ex"],
];

/// Whether `token`, followed by a full stop, is an abbreviation on the list. Case counts.
pub fn is_abbreviation(token: &str) -> bool {
    ABBREVIATIONS.iter().any(|language| language.contains(&token))
}
