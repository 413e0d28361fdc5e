//! *What language is this in?* A record that says so is believed; else the text is looked at.
//!
//! Asked only where the answer matters: limits of the quality filters, and whether capital letters make names.

/// So many letters at the start of a text tell its language.
const N_LETTERS: usize = 400;

/// A language, by its code of ISO 639: two letters where it has such a code, else three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language([u8; 3]);

/// Languages whose nouns begin with a capital letter, whatever they name.
const WITH_CAPITAL_NOUNS: [&str; 7] = ["de", "lb", "nds", "gsw", "bar", "ksh", "pfl"];

/// Codes of three letters, and those of two letters that stand for the same language; Norwegian is one language here.
const CODES: &str = "afr=af aka=ak amh=am ara=ar arb=ar aze=az bel=be ben=bn bul=bg cat=ca ces=cs cze=cs cmn=zh chi=zh zho=zh cym=cy wel=cy dan=da \
    deu=de ger=de ell=el gre=el eng=en epo=eo spa=es est=et eus=eu baq=eu fas=fa per=fa pes=fa fin=fi fra=fr fre=fr gle=ga glg=gl guj=gu hat=ht \
    hau=ha heb=he hin=hi hrv=hr hun=hu hye=hy arm=hy ibo=ig ind=id isl=is ice=is ita=it jav=jv jpn=ja kan=kn kat=ka geo=ka kaz=kk khm=km \
    kor=ko lat=la lav=lv lin=ln lit=lt ltz=lb lug=lg mal=ml mar=mr mkd=mk mac=mk mon=mn msa=ms may=ms mya=my bur=my nep=ne nld=nl dut=nl \
    nb=no nn=no nno=no nob=no nor=no ori=or orm=om pan=pa pol=pl por=pt ron=ro rum=ro run=rn rus=ru sin=si slk=sk slo=sk slv=sl sna=sn som=so sqi=sq \
    alb=sq srp=sr swa=sw swe=sv swh=sw tam=ta tel=te tgl=tl tha=th tir=ti tuk=tk tur=tr ukr=uk urd=ur uzb=uz vie=vi xho=xh yid=yi yor=yo \
    zul=zu";

impl Language {
    /// The language that a tag names: `de`, `de-AT`, `de_DE.UTF-8`, `deu`, `ger`. `None` where it is no tag, or names an undetermined language.
    pub fn named(tag: &str) -> Option<Self> {
        let code = tag.trim().split(['-', '_', '.', '@']).next()?.to_ascii_lowercase();
        let is_code = matches!(code.len(), 2 | 3) && code.bytes().all(|byte| byte.is_ascii_lowercase());
        let says_nothing = matches!(code.as_str(), "und" | "mul" | "zxx" | "mis" | "xx" | "unk");
        if !is_code || says_nothing {
            return None;
        }
        let pairs = CODES.split_whitespace().filter_map(|pair| pair.split_once('='));
        let short = pairs.filter(|(long, _)| *long == code).map(|(_, short)| short).next();
        let mut bytes = [0; 3];
        let code = short.unwrap_or(&code);
        bytes[..code.len()].copy_from_slice(code.as_bytes());
        Some(Self(bytes))
    }

    /// The language of a text, by its first letters; `None` where that isn't sure.
    ///
    /// Two detectors must agree. The first always names one of sixteen languages, the second knows many more, and is believed alone where it is sure of
    /// one that the first doesn't know.
    pub fn of(text: &str) -> Option<Self> {
        let head = head(text);
        let second = whatlang::detect(head)?;
        let language = Self::named(second.lang().code())?;
        let first = Self::named(whichlang::detect_language(head).three_letter_code())?;
        (language == first || second.is_reliable() && !is_known_to_first(second.lang())).then_some(language)
    }

    /// Its code.
    pub fn code(&self) -> &str {
        let len = self.0.iter().position(|&byte| byte == 0).unwrap_or(self.0.len());
        std::str::from_utf8(&self.0[..len]).expect("a code is made of ASCII letters")
    }

    /// Whether all nouns are written with a capital letter, so that it makes no name.
    pub fn capitalises_nouns(&self) -> bool {
        WITH_CAPITAL_NOUNS.contains(&self.code())
    }
}

/// Whether capital letters make names in a text: in one that is in the language `named`, or else looks to be in one, that doesn't give them to all nouns.
pub fn has_names(text: &str, named: Option<Language>) -> bool {
    named.or_else(|| Language::of(text)).is_some_and(|language| !language.capitalises_nouns())
}

/// Whether the first detector has this language, too, so that its silence is an objection.
fn is_known_to_first(lang: whatlang::Lang) -> bool {
    whichlang::LANGUAGES.iter().any(|known| known.three_letter_code() == lang.code())
}

/// The start of a text, as far as its language is asked for.
fn head(text: &str) -> &str {
    let text = text.trim_start();
    let mut letters = text.char_indices().filter(|(_, c)| c.is_alphabetic());
    letters.nth(N_LETTERS).map_or(text, |(at, _)| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_names_a_language_by_its_first_part() {
        for (tag, code) in [
            ("de", Some("de")),
            ("DE-at", Some("de")),
            ("de_DE.UTF-8", Some("de")),
            ("ger", Some("de")),
            (" pcm ", Some("pcm")),
            ("nb", Some("no")),
            ("cmn-Hans", Some("zh")),
            ("", None),
            ("und", None),
            ("Deutsch", None),
            ("d", None),
            ("1a", None),
        ] {
            assert_eq!(Language::named(tag).as_ref().map(Language::code), code, "{tag:?}");
        }
    }

    #[test]
    fn a_text_tells_its_language_or_nothing_is_sure() {
        let german =
            "Der Kreistag hat am Montag beschlossen, dass die alte Schule am Markt im kommenden Jahr umgebaut werden soll.";
        let polish =
            "Rada powiatu zdecydowała w poniedziałek, że stara szkoła przy rynku zostanie w przyszłym roku przebudowana.";
        let french = "Le conseil a décidé lundi que la vieille école de la place du marché serait transformée l'année prochaine.";
        for (text, code) in [(german, Some("de")), (polish, Some("pl")), (french, Some("fr")), ("", None), ("12:30 *** 7", None)]
        {
            assert_eq!(Language::of(text).as_ref().map(Language::code), code, "{text}");
        }
        // What stands far behind plays no part.
        assert_eq!(Language::of(&(german.repeat(5) + &french.repeat(50))), Language::named("de"));
        assert_eq!(head(&"ab, ".repeat(300)).chars().filter(|c| c.is_alphabetic()).count(), N_LETTERS);
    }

    #[test]
    fn every_code_in_the_table_stands_for_one_of_two_letters() {
        for pair in CODES.split_whitespace() {
            let (long, short) = pair.split_once('=').expect("a pair");
            assert!(short.len() == 2 && Language::named(long) == Language::named(short), "{pair}");
        }
    }
}
