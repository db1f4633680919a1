import type { Schemas } from "../api/questions";
import { Link } from "../route/link";
import { to } from "../route/route";
import { person } from "../show/words";

interface Props {
  client: Schemas["Client"] | null | undefined;
  /** The collection whose timeline of the client is meant. */
  collection?: string | number;
}

/** A client by name, leading to what they did. */
export function Person({ client, collection }: Props) {
  const name = person(client);
  if (!client) return <span class="guest">{name}</span>;
  const title = [client.email, `identified by ${client.identified_by}`].filter(Boolean).join(", ");
  if (collection === undefined) return <span title={title}>{name}</span>;
  return (
    <Link to={to.client(collection, client.id)} title={title}>
      {name}
    </Link>
  );
}
