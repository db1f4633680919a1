import { expect, test } from "vitest";
import { contentOf } from "./download_table";

test("an archive is told by what is in it", () => {
  const archive = (photos: number, videos: number) => contentOf({ type: "archive", items: { photos, videos } });
  expect([archive(410, 2), archive(0, 3)]).toEqual(["Archive of 410 photos and 2 videos", "Archive of 3 videos"]);
  expect(contentOf({ type: "video", items: { photos: 0, videos: 1 } })).toBe("Video");
});
