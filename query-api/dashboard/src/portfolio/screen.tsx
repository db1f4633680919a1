import { Title } from "../parts/title";
import { Collections } from "./collections";
import { FollowUps } from "./follow_ups";
import { Today } from "./today";

/** All collections of the account. */
export function PortfolioScreen() {
  return (
    <>
      <Title name="Portfolio">Portfolio</Title>
      <Today />
      <Collections />
      <FollowUps />
    </>
  );
}
