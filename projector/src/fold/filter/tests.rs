use super::*;
use loupe_schemas::definition::{PREVIEWERS, ROBOT_WORDS, SCANNERS, extend};
use loupe_schemas::event::{CacheStatus, EndReason, IdentifiedBy, Range};
use loupe_schemas::ids::ClientId;

const SAFARI: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/17.5 Safari/605.1.15";
const AMAZON: u32 = 16509;

fn guest() -> Actor {
    Actor { role: Role::Guest, ip_key: vec![1], user_agent: SAFARI.to_owned(), ..Actor::default() }
}

fn judge(actor: &Actor) -> Option<FilterReason> {
    judge_actor(actor, ActorClass::of(actor), Excuse::default())
}

fn segment() -> TransferSegment {
    TransferSegment {
        download_id: None,
        media_id: None,
        etag: None,
        method: "GET".into(),
        status: 206,
        range: Some(Range { start: 0, end: 99 }),
        object_bytes: 100,
        body_bytes: 100,
        completed: true,
        end_reason: EndReason::Ok,
        ttfb_us: 1,
        duration_us: 1,
        cache: CacheStatus::Hit,
        protocol: "h2".into(),
        purpose: Purpose::Download,
        bot_score: Some(1.0),
    }
}

#[test]
fn rule_20_identified_is_a_client_or_a_login_email_or_pin() {
    let from_amazon = Actor { asn: Some(AMAZON), ..guest() };
    assert_eq!(judge(&from_amazon), Some(FilterReason::DataCenter));
    for way in [IdentifiedBy::Login, IdentifiedBy::Email, IdentifiedBy::Pin] {
        assert_eq!(judge(&Actor { identified_by: way, ..from_amazon.clone() }), None, "{way}");
    }
    for way in [IdentifiedBy::Link, IdentifiedBy::Cookie, IdentifiedBy::None] {
        let reason = judge(&Actor { identified_by: way, ..from_amazon.clone() });
        assert_eq!(reason, Some(FilterReason::DataCenter), "{way}");
    }
    assert_eq!(judge(&Actor { client_id: ClientId::new("cl_1"), ..from_amazon }), None);
}

#[test]
fn rule_21_only_the_owner_is_internal() {
    assert_eq!(judge(&Actor { role: Role::Owner, ..guest() }), Some(FilterReason::Internal));
    for role in [Role::Client, Role::Guest, Role::Vendor, Role::Unknown] {
        assert_eq!(judge(&Actor { role, ..guest() }), None, "{role}");
    }
}

#[test]
fn rule_22_a_probe_is_the_first_byte_or_two_of_a_larger_object() {
    let served = |start, end, object_bytes, status| {
        judge_transfer(&TransferSegment { status, range: Some(Range { start, end }), object_bytes, ..segment() })
    };
    assert_eq!(served(0, 0, 100, 206), Some(FilterReason::Probe));
    assert_eq!(served(0, 1, 100, 206), Some(FilterReason::Probe));
    assert_eq!(served(0, 2, 100, 206), None);
    assert_eq!(served(1, 1, 100, 206), None);
    assert_eq!(served(0, 0, 1, 206), None, "the whole of a one-byte object");
    assert_eq!(served(0, 1, 2, 206), None, "the whole of a two-byte object");
    assert_eq!(served(0, 1, 100, 200), None);
    let empty = TransferSegment { range: None, body_bytes: 0, ..segment() };
    assert_eq!(judge_transfer(&empty), None, "nothing else is filtered for its length");
}

#[test]
fn rule_23_user_agents_are_told_apart() {
    use UserAgentClass::{Browser, Empty, Previewer, Robot, Scanner};
    let of = |user_agent: &str| Lists::default().user_agent(user_agent);
    for word in PREVIEWERS {
        assert_eq!(of(&format!("x {} y", word.to_uppercase())), Previewer, "{word}");
    }
    for word in SCANNERS {
        assert_eq!(of(&format!("x {word} y")), Scanner, "{word}");
    }
    for word in ROBOT_WORDS {
        assert_eq!(of(&format!("x {} y", word.to_uppercase())), Robot, "{word}");
    }
    assert_eq!(of("ia_archiver (+http://www.alexa.com/)"), Robot, "from the pinned list");
    assert_eq!(of(""), Empty);
    assert_eq!(of(SAFARI), Browser);
}

#[test]
fn rule_24_the_first_reason_that_applies_is_given() {
    let all_wrong = TransferSegment {
        method: "HEAD".into(),
        status: 304,
        purpose: Purpose::Preview,
        range: Some(Range { start: 0, end: 0 }),
        ..segment()
    };
    assert_eq!(judge_transfer(&all_wrong), Some(FilterReason::Method));
    let get = TransferSegment { method: "GET".into(), ..all_wrong };
    assert_eq!(judge_transfer(&get), Some(FilterReason::Status));
    let partial = TransferSegment { status: 206, ..get };
    assert_eq!(judge_transfer(&partial), Some(FilterReason::Probe));
    let longer = TransferSegment { range: Some(Range { start: 0, end: 9 }), ..partial };
    assert_eq!(judge_transfer(&longer), Some(FilterReason::Purpose));
    let owner_robot = Actor { role: Role::Owner, asn: Some(AMAZON), user_agent: "Googlebot/2.1".to_owned(), ..guest() };
    assert_eq!(judge(&owner_robot), Some(FilterReason::Robot));
    let owner_there = Actor { user_agent: SAFARI.to_owned(), ..owner_robot };
    assert_eq!(judge(&owner_there), Some(FilterReason::DataCenter));
    assert_eq!(judge(&Actor { asn: None, ..owner_there }), Some(FilterReason::Internal));
    assert!(FilterReason::ALL.is_sorted());
}

#[test]
fn rule_25_a_bot_score_decides_nothing() {
    assert_eq!(judge_transfer(&segment()), None);
}

#[test]
fn rules_19_and_26_a_request_excuses_a_data_centre_but_not_a_robot() {
    let fetcher = Actor { asn: Some(AMAZON), ..guest() };
    let class = ActorClass::of(&fetcher);
    let robot = ActorClass { user_agent: UserAgentClass::Robot, ..class };
    for drive in [Destination::Dropbox, Destination::GooglePhotos, Destination::GoogleDrive] {
        assert_eq!(judge_actor(&fetcher, class, Excuse::of(&guest(), drive)), None, "{drive}");
        assert_eq!(judge_actor(&fetcher, robot, Excuse::of(&guest(), drive)), Some(FilterReason::Robot));
    }
    let to_device = Excuse::of(&guest(), Destination::Device);
    assert_eq!(judge_actor(&fetcher, class, to_device), Some(FilterReason::DataCenter));
    let client = Actor { client_id: ClientId::new("cl_1"), ..guest() };
    assert_eq!(judge_actor(&fetcher, class, Excuse::of(&client, Destination::Device)), None);
}

#[test]
fn rule_30_opens_previews_and_bots_are_told_apart() {
    let open = |opener, actor: &Actor| judge_open(opener, actor, ActorClass::of(actor));
    let with = |user_agent: &str| Actor { user_agent: user_agent.to_owned(), ..guest() };
    assert_eq!(open(Opener::Human, &guest()), OpenClass::Open);
    assert_eq!(open(Opener::Unknown, &guest()), OpenClass::Open);
    assert_eq!(open(Opener::Preview, &guest()), OpenClass::Preview);
    assert_eq!(open(Opener::Scanner, &guest()), OpenClass::Bot);
    assert_eq!(open(Opener::Human, &with("WhatsApp/2.23")), OpenClass::Preview);
    assert_eq!(open(Opener::Human, &with("Mimecast")), OpenClass::Bot);
    assert_eq!(open(Opener::Human, &with("curl/8.0")), OpenClass::Bot);
    assert_eq!(open(Opener::Human, &with("")), OpenClass::Bot);
    assert_eq!(open(Opener::Human, &Actor { asn: Some(AMAZON), ..guest() }), OpenClass::Bot);
    assert_eq!(open(Opener::Human, &Actor { role: Role::Owner, ..guest() }), OpenClass::Nowhere);
}

#[test]
fn rule_23_only_listed_networks_are_data_centres() {
    let at = |asn| judge(&Actor { asn: Some(asn), ..guest() });
    assert_eq!(at(AMAZON), Some(FilterReason::DataCenter));
    assert_eq!(at(3320), None, "a telephone company");
}

#[test]
fn rule_23_another_definition_judges_by_its_own_lists() {
    let text = "version = \"v2\"\nextends = \"v1\"\n[lists]\nrobot_words.add = [\"albumkeeper\"]\n\
                data_centers.add = [{ asn = 3320, owner = \"Example\" }]\ndata_centers.remove = [16509]\n";
    let lists = Lists::of(&extend(text).unwrap());
    let judge_by = |actor: &Actor| judge_actor(actor, lists.class_of(actor), Excuse::default());
    let fetcher = Actor { user_agent: "AlbumKeeper/3".to_owned(), ..guest() };
    assert_eq!((judge(&fetcher), judge_by(&fetcher)), (None, Some(FilterReason::Robot)));
    let at = |asn| Actor { asn: Some(asn), ..guest() };
    assert_eq!((judge(&at(3320)), judge_by(&at(3320))), (None, Some(FilterReason::DataCenter)));
    assert_eq!((judge(&at(AMAZON)), judge_by(&at(AMAZON))), (Some(FilterReason::DataCenter), None));
    assert_eq!(judge_by(&guest()), None);
}

#[test]
fn rule_16_a_user_agent_without_its_name_is_of_the_same_class_by_every_definition() {
    let other = "version = \"v2\"\nextends = \"v1\"\n[lists]\npreviewers.remove = [\"whatsapp\"]\n\
                 scanners.remove = [\"mimecast\"]\nrobot_words.add = [\"albumkeeper\"]\n\
                 robot_words.remove = [\"crawl\"]\n";
    for lists in [Lists::default(), Lists::of(&extend(other).unwrap())] {
        for user_agent in ["", SAFARI, "AlbumKeeper/3", "Googlebot/2.1", PREVIEWERS[1], SCANNERS[1], ROBOT_WORDS[1]] {
            let nameless = lists.nameless(user_agent);
            assert_eq!(lists.user_agent(&nameless), lists.user_agent(user_agent), "{user_agent}: {nameless}");
            assert!(nameless.is_empty() || nameless.starts_with("erased") && !nameless.contains('/'), "{nameless}");
        }
    }
}
