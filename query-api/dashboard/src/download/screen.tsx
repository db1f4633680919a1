import { download, type Schemas } from "../api/questions";
import { useQuestion } from "../api/use_asked";
import { contentOf } from "../collection/download_table";
import { useCollectionName } from "../collection/screen";
import { useActivity } from "../live/use_activity";
import { Figure, Figures, Named } from "../parts/figure";
import { Person } from "../parts/person";
import { Section } from "../parts/section";
import { Shown, Skeleton } from "../parts/states";
import { Moment } from "../parts/time";
import { Lead, Title } from "../parts/title";
import { Link } from "../route/link";
import { to } from "../route/route";
import { bytes, count, counted, duration, NONE, share, speed } from "../show/numbers";
import { exact } from "../show/times";
import { status, word } from "../show/words";
import { Coverage, howToRead } from "./coverage";
import { Items } from "./items";
import { Responses } from "./responses";

type Detail = Schemas["DownloadDetail"];

const PLACE = "download/data";

/** One download: the proof of what was delivered, to whom, and when. */
export function DownloadScreen({ id }: { id: string }) {
  const asked = useQuestion(download(id));
  const data = asked.answer?.data;
  useActivity(data && String(data.collection_id));
  const title = data ? `${contentOf(data)}, ${status(data.status).toLowerCase()}` : "Download";
  return (
    <>
      <Title name={title} above={<Above data={data} />}>
        {title}
      </Title>
      <Shown asked={asked} skeleton={<Skeleton rows={2} tall />} isBrief>
        {({ data }) => <Proof data={data} />}
      </Shown>
      <Section title="Bytes that arrived" note={howToRead(data)} asked={asked}>
        <Shown asked={asked}>{({ data }) => <Coverage download={data} />}</Shown>
      </Section>
      <Section title="Transfer" note="How it went over the wire.">
        <Shown asked={asked}>{({ data }) => <Transfer data={data} />}</Shown>
      </Section>
      <Items id={id} />
      <Section
        title="Responses"
        note="Every response that the edge sent for this download, in order."
        file={`download_${id}_responses`}
        rows={asked.answer?.data.history}
      >
        <Shown asked={asked}>{({ data }) => <Responses history={data.history} />}</Shown>
      </Section>
    </>
  );
}

function Above({ data }: { data: Detail | undefined }) {
  const id = String(data?.collection_id ?? "");
  const name = useCollectionName(id);
  return (
    <>
      <Link to={to.portfolio()}>Portfolio</Link> {data && <Link to={to.collection(id, "downloads")}>{name}</Link>}
    </>
  );
}

/** What can be said of the delivery, in a sentence. */
function Proof({ data }: { data: Detail }) {
  const size = data.file?.size_bytes;
  const arrived = <Figure field={`${PLACE}/transfer/delivered_bytes`}>{bytes(data.transfer.delivered_bytes)}</Figure>;
  return (
    <>
      <Lead>
        {data.status === "completed" ? <>All {arrived} </> : <>{arrived} </>}
        {data.status !== "completed" && size != null && (
          <>
            of <Figure field={`${PLACE}/file/size_bytes`}>{bytes(size)}</Figure>{" "}
          </>
        )}
        reached {data.client ? <Person client={data.client} collection={data.collection_id} /> : <b>a guest</b>}, asked
        for on <Moment at={data.requested_at} />.
      </Lead>
      {data.failure && <Failed failure={data.failure} />}
      <p class="under">
        Download <code>{data.id}</code>
        {data.requested_at && (
          <>
            , asked for at <time dateTime={data.requested_at}>{exact(data.requested_at)}</time>
          </>
        )}
        {data.filter_reason && `, not counted: ${word(data.filter_reason).toLowerCase()}`}
      </p>
    </>
  );
}

function Failed({ failure }: { failure: Schemas["Failure"] }) {
  return (
    <p class="under is-problem">
      It failed: {word(failure.code).toLowerCase()}
      {failure.http_status != null && `, HTTP ${failure.http_status}`}.{" "}
      {failure.retried_as ? (
        <Link to={to.download(failure.retried_as)}>It was tried again.</Link>
      ) : (
        "It was not tried again."
      )}
    </p>
  );
}

function Transfer({ data: { transfer, file, items } }: { data: Detail }) {
  const place = `${PLACE}/transfer`;
  return (
    <Figures>
      <Named name="File" field={`${PLACE}/file/size_bytes`} note={`${word(file?.rendition)}, ${word(file?.format)}`}>
        {bytes(file?.size_bytes)}
      </Named>
      <Named name="Contents" field={`${PLACE}/items/photos`} note={counted(items.videos, "video")}>
        {counted(items.photos, "photo")}
      </Named>
      <Named name="Sent in all" field={`${place}/transferred_bytes`} note="repetitions included">
        {bytes(transfer.transferred_bytes)}
      </Named>
      <Named name="Responses" field={`${place}/segments`}>
        {count(transfer.segments)}
      </Named>
      <Named name="Speed" field={`${place}/avg_bits_per_second`}>
        {speed(transfer.avg_bits_per_second)}
      </Named>
      <Named name="Time on the wire" field={`${place}/duration_ms`}>
        {duration(transfer.duration_ms)}
      </Named>
      <Named name="First byte after" field={`${place}/ttfb_ms`}>
        {duration(transfer.ttfb_ms)}
      </Named>
      <Named
        name="From the edge's cache"
        field={`${place}/cache_hit_ratio`}
        note={`${transfer.edge_pop ?? NONE}, to ${transfer.country ?? NONE}`}
      >
        {share(transfer.cache_hit_ratio)}
      </Named>
    </Figures>
  );
}
