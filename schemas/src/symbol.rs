//! Closed sets of words, as events, tables and answers spell them.

/// What every closed set of words can do, for readers that are generic over which one.
pub(crate) trait Symbol: Copy + Default + PartialEq + 'static {
    /// Every symbol, in the order it is declared.
    const SYMBOLS: &'static [Self];

    /// The one spelling.
    fn text(self) -> &'static str;

    /// The symbol spelled `text`.
    fn from_text(text: &str) -> Option<Self>;
}

/// Declares an enum whose variants each have one spelling, the same in JSON, Avro, ClickHouse and answers.
///
/// The variant after `default` is what Avro resolves an unknown symbol to (rule 97).
macro_rules! symbols {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)? } default $default:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$variant_meta])* #[doc = concat!("`", $text, "`")] $variant),+ }

        impl $name {
            /// Every symbol, in the order it is declared and documented.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The one spelling of this symbol.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The symbol spelled `text`, or `None` when there is none (rule 97 rejects it).
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl crate::symbol::Symbol for $name {
            const SYMBOLS: &'static [Self] = Self::ALL;

            fn text(self) -> &'static str { self.as_str() }

            fn from_text(text: &str) -> Option<Self> { Self::parse(text) }
        }

        impl Default for $name {
            fn default() -> Self { Self::$default }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

pub(crate) use symbols;
