import { Link } from "../route/link";
import { to } from "../route/route";
import { Empty } from "./states";
import { Title } from "./title";

/** A path that is no screen. */
export function Absent() {
  return (
    <>
      <Title name="Not found">There is no such screen</Title>
      <Empty title="The address may be mistyped, or from another version.">
        <Link to={to.portfolio()}>Go to the portfolio</Link>
      </Empty>
    </>
  );
}
