// Written by `npm run types` from the API's description; not edited by hand.

export interface paths {
    "/collections/{collection_id}/photo_downloads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every photo received, alone or inside an archive.
         * @description Needs a key with the scope `downloads:read`.
         */
        get: operations["photo_downloads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections/{collection_id}/gallery_video_downloads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every film received: how far, and by which byte ranges.
         * @description Needs a key with the scope `downloads:read`.
         */
        get: operations["gallery_video_downloads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections/{collection_id}/downloads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every photo, video and archive action, what became of it, and its transfer.
         * @description Needs a key with the scope `downloads:read`.
         */
        get: operations["downloads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections/{collection_id}/photo_sharing_links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every share link, what it permits, and how it was used.
         * @description Needs a key with the scope `links:read`.
         */
        get: operations["photo_sharing_links"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections/{collection_id}/favorites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who chose which medium for which list, and what was said of it.
         * @description Needs a key with the scope `favorites:read`.
         */
        get: operations["favorites"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/photos/starred": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every starred photo of the account, and what they say about its collections.
         * @description Needs a key with the scope `favorites:read`.
         */
        get: operations["photos_starred"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections/{collection_id}/analytics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The figures of a collection, and how far its visitors came.
         * @description Needs a key with the scope `analytics:read`.
         */
        get: operations["collection_analytics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections/{collection_id}/analytics/timeseries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A metric of the collection over time, in hours, days, weeks or months of a time zone.
         * @description Needs a key with the scope `analytics:read`.
         */
        get: operations["collection_timeseries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections/{collection_id}/analytics/popular": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Photos and videos of the collection, the most popular first.
         * @description Needs a key with the scope `analytics:read`.
         */
        get: operations["collection_popular"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections/{collection_id}/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every client of the collection, and all anonymous visitors together, with what they did.
         * @description Needs a key with the scope `analytics:read`.
         */
        get: operations["collection_clients"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections/{collection_id}/clients/{client_id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What one client did in the collection, the latest first.
         * @description Needs a key with the scope `analytics:read`.
         */
        get: operations["client_timeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/downloads/{download_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One download action: what became of it, and every response it got.
         * @description Needs a key with the scope `downloads:read`.
         */
        get: operations["download"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/downloads/{download_id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The proof of delivery: what arrived of each medium of a download.
         * @description Needs a key with the scope `downloads:read`.
         */
        get: operations["download_items"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/photos/{photo_id}/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything that is counted of one photo or video.
         * @description Needs a key with the scope `analytics:read`.
         */
        get: operations["photo_stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/portfolio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All collections of the account together, beside the period before.
         * @description Needs a key with the scope `analytics:read`.
         */
        get: operations["analytics_portfolio"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/collections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every collection of the account with its figures.
         * @description Needs a key with the scope `analytics:read`.
         */
        get: operations["analytics_collections"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Some collections side by side: figures, shares of their sum, and against their mean.
         * @description Needs a key with the scope `analytics:read`.
         */
        get: operations["analytics_compare"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/clients/{client_id}/preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a client favourites and downloads, beside what the whole account does.
         * @description Needs a key with the scope `analytics:read`.
         */
        get: operations["client_preferences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/insights/follow_ups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whom to write to, and about what.
         * @description Needs a key with the scope `analytics:read`.
         */
        get: operations["insights_follow_ups"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/insights/store_candidates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Photos worth offering as prints: loved by several, and not paid for yet.
         * @description Needs a key with the scope `analytics:read`.
         */
        get: operations["insights_store_candidates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/insights/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which content works: by tag, gallery, kind of medium and orientation.
         * @description Needs a key with the scope `analytics:read`.
         */
        get: operations["insights_content"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/erasures/{receipt}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far an erasure is.
         * @description Needs a key with the scope `clients:erase`.
         */
        get: operations["erasure"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/freshness": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far the projection is, and what of each edge never arrived.
         * @description Needs a key with the scope `analytics:read`. It shows machines, no account's data.
         */
        get: operations["freshness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/definitions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How every number is counted: rules, clauses, glossary, lists of robots and networks.
         * @description Needs no key.
         */
        get: operations["definitions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A partition of a topic. */
        FreshnessPartition: {
            /** @example gallery.events.v1 */
            topic: string;
            /** Format: int64 */
            partition: number;
            /**
             * Format: int64
             * @description The oldest offset that Kafka still has.
             */
            first_offset: number;
            /**
             * Format: int64
             * @description The first offset that is not yet in the numbers.
             */
            next_offset: number;
            /**
             * Format: int64
             * @description The offset that the next record will have.
             */
            end_offset: number;
            /** Format: int64 */
            lag_records: number;
            /**
             * Format: date-time
             * @description Since when its oldest record waits; null when none does.
             */
            waiting_since?: string | null;
            /** Format: double */
            records_per_second: number;
            /** Format: int64 */
            unaccounted_offsets: number;
            /** Format: date-time */
            observed_at?: string | null;
        };
        /** @description One run of an edge, from its boot on. */
        FreshnessEdge: {
            /** @example fra-12 */
            node: string;
            /** Format: uuid */
            boot_id: string;
            /**
             * Format: int64
             * @description Events that have arrived, by their sequence numbers.
             */
            arrived: number;
            /**
             * Format: int64
             * @description Events that never arrived although later ones did.
             */
            missing: number;
            /** @description First and last sequence number of each range that is missing. */
            missing_ranges: number[][];
            /** @description Whether there are more ranges than are listed. */
            missing_ranges_truncated: boolean;
            /**
             * Format: date-time
             * @description The time of the last event before the first that is missing.
             */
            complete_to?: string | null;
            /**
             * Format: date-time
             * @description The time of its last event.
             */
            last_at?: string | null;
            /**
             * @description The same in words.
             * @example fra-12: complete to 2026-05-02T12:04:10.000000Z
             */
            summary: string;
        };
        /** @description How far the projection is, partition by partition, and what of each edge never arrived. */
        Freshness: {
            /** Format: date-time */
            as_of: string;
            /**
             * @description The position in the log that all numbers include at least (rule 101).
             * @example c0:875.e0:27712
             */
            position: string;
            /**
             * Format: date-time
             * @description When projectors last looked at the log; the oldest of all partitions.
             */
            observed_at?: string | null;
            /**
             * Format: int64
             * @description Offsets that no range of the ledger names; 0 when nothing is missing.
             */
            unaccounted_offsets: number;
            /**
             * Format: int64
             * @description Records that are in Kafka and not yet in the numbers.
             */
            lag_records: number;
            /**
             * Format: date-time
             * @description Since when the oldest of them waits; null when none does.
             */
            oldest_uncommitted_at?: string | null;
            /**
             * Format: double
             * @description How long the oldest of them has waited.
             */
            oldest_uncommitted_seconds?: number | null;
            /**
             * Format: double
             * @description At the pace of the last few seconds; null while something waits and nothing moves.
             */
            seconds_to_drain?: number | null;
            partitions: components["schemas"]["FreshnessPartition"][];
            /** @description Runs of edges of the last week, and those of which events are missing. */
            edges: components["schemas"]["FreshnessEdge"][];
        };
        /** @description An erasure. */
        Erasure: {
            /**
             * @description What to ask by.
             * @example er_3f1f62c14c0a4f2bb9ac4f9b2ae1d0c7_c2:18
             */
            receipt: string;
            status: components["schemas"]["Status"];
            /**
             * Format: date-time
             * @description When it was asked for first; null while it is not projected.
             */
            requested_at?: string | null;
            /**
             * Format: date-time
             * @description When tables and quarantine named the person no more; null until then.
             */
            erased_at?: string | null;
            /**
             * @description The id that stands in the person's place; null while it is not projected.
             * @example cl_erased_0197c1d2a0007000800000000000002a
             */
            client_id?: string | null;
            /**
             * Format: date-time
             * @description When Kafka lets go of the last record that it had of the person by then, by the retention that Loupe gives the topic
             *     of events; null while the erasure is not projected.
             */
            log_kept_until?: string | null;
        };
        /** @description As of when. */
        ErasureMeta: {
            /** Format: date-time */
            as_of: string;
            /**
             * @description The position in the log that the answer includes at least (rule 101).
             * @example c0:875.e0:27712
             */
            position: string;
        };
        /**
         * @description How far an erasure is.
         * @enum {string}
         */
        Status: "accepted" | "rewriting" | "erased";
        /** @description An erasure as answers hold it. */
        ErasureAnswer: {
            data: components["schemas"]["Erasure"];
            meta: components["schemas"]["ErasureMeta"];
        };
        /** @description A client as answers show them. */
        Client: {
            /**
             * @description The client's id; `cl_erased_…` once the person is erased (rule 16).
             * @example cl_VOZBrWa5d3uBozumT634SWDt1bouwV
             */
            id: string;
            /**
             * @description Masked without the scope `clients:pii`; null for a client who is unknown or erased (rule 15).
             * @example ana@ex.com
             */
            email?: string | null;
            /**
             * @description Null for a client who is unknown or erased (rule 15).
             * @example Ana Ruiz
             */
            name?: string | null;
            /**
             * @description How the actor of the row was identified; in buckets, of its latest row (rule 15).
             * @example email
             */
            identified_by: string;
        };
        /** @description The photo, with its figures in this selection. */
        Photo: {
            /** Format: int64 */
            id: number | string;
            /**
             * Format: int64
             * @description Null when the catalogue does not know the photo (rule 95).
             */
            gallery_id?: number | null | string;
            gallery_name?: string | null;
            /** @example DSC_0412.jpg */
            filename?: string | null;
            /**
             * Format: int64
             * @description Completed deliveries of the photo in this selection.
             */
            download_count: number;
            /**
             * Format: int64
             * @description Distinct identity, rendition and day among them (rule 55).
             */
            unique_download_count: number;
        };
        /** @description The file that was asked for. */
        PhotoFile: {
            /** @example high_res */
            rendition: string;
            /**
             * @description Rule 58.
             * @example jpeg
             */
            format: string;
            /**
             * Format: int64
             * @description In pixels (rule 60); null when unknown.
             */
            width?: number | null;
            /**
             * Format: int64
             * @description In pixels (rule 60); null when unknown.
             */
            height?: number | null;
            /** Format: int64 */
            size_bytes: number;
        };
        /** @description A photo that was asked for, alone or inside an archive. */
        PhotoDownload: {
            /**
             * @description The delivery's id.
             * @example dv_01a20dc0-4336-7183-8c4b-637918e8f926_731100688
             */
            id: string;
            /**
             * Format: uuid
             * @description The action it belongs to.
             */
            download_id: string;
            /** @description What became of it (rules 45 to 51). */
            status: string;
            /**
             * Format: date-time
             * @description The time inside `download_id` (rule 1).
             */
            requested_at?: string | null;
            /**
             * Format: date-time
             * @description When its last missing byte had arrived (rule 41); null unless completed.
             */
            completed_at?: string | null;
            client?: components["schemas"]["Client"] | null;
            photo: components["schemas"]["Photo"];
            file: components["schemas"]["PhotoFile"];
            /** @description `single` or `archive`. */
            source: string;
            /** @description Where it was sent: `device`, `email_link`, `dropbox`, `google_photos`, `google_drive` or `other`. */
            destination: string;
            /** @description Whether a PIN was asked for and given. */
            pin_used: boolean;
            /** @description The share link it was asked through. */
            link_id?: string | null;
            /** @description Whether it was paid for. */
            paid: boolean;
            /** @description Why it does not count (rule 24); present only with `include=filtered`, null when it counts. */
            filter_reason?: string | null;
        };
        /** @description All selected deliveries of photos. */
        PhotoSummary: {
            /**
             * Format: int64
             * @description Unfiltered deliveries, whatever became of them (rule 52).
             */
            attempts: number;
            /**
             * Format: int64
             * @description Completed deliveries.
             */
            downloads: number;
            /**
             * Format: int64
             * @description One per identity, photo, rendition and UTC day (rule 54).
             */
            unique_downloads: number;
            /**
             * Format: int64
             * @description Distinct photos with a download.
             */
            photos: number;
            /**
             * Format: int64
             * @description Distinct clients with a download (rule 13).
             */
            clients: number;
            by_source: components["schemas"]["BySource"];
            /** @description Photos with a download, by `download_count` descending (rule 56). */
            by_photo: components["schemas"]["PhotoTotals"][];
            /** @description Downloads by rendition. */
            by_rendition: {
                [key: string]: number;
            };
            /** @description Downloads by format. */
            by_format: {
                [key: string]: number;
            };
            /** @description True when there are more photos than `by_photo` lists. */
            by_photo_truncated?: boolean | null;
        };
        /** @description Completed deliveries by source; both are always there (rule 56). */
        BySource: {
            /** Format: int64 */
            single: number;
            /** Format: int64 */
            archive: number;
        };
        /** @description One photo's completed deliveries. */
        PhotoTotals: {
            /** Format: int64 */
            photo_id: number | string;
            /** Format: int64 */
            download_count: number;
            /** Format: int64 */
            unique_download_count: number;
            /**
             * Format: date-time
             * @description `requested_at` of the first (rule 57).
             */
            first_at?: string | null;
            /**
             * Format: date-time
             * @description `requested_at` of the last (rule 57).
             */
            last_at?: string | null;
        };
        /** @description What the numbers of an answer include. */
        Meta: {
            /**
             * Format: date-time
             * @description The lower bound that was asked for; null when open.
             */
            from?: string | null;
            /**
             * Format: date-time
             * @description The upper bound that was asked for, itself excluded; null when open.
             */
            to?: string | null;
            /** @description The same query as CSV; null when it is no table. */
            csv_url?: string | null;
            /**
             * Format: date-time
             * @description When the answer was made: idleness and expiry are decided at this time (rule 6).
             */
            as_of: string;
            /**
             * Format: date-time
             * @description Numbers of days from this time on may still change with late events (rule 7).
             */
            provisional_after: string;
            /**
             * @description The position in the log that the numbers include at least (rule 101).
             * @example c0:875.e0:27712
             */
            position: string;
            /**
             * @description The version of the counting rules that the numbers follow.
             * @example v1
             */
            definition: string;
        };
        /** @description Where this page is in the list, and what its numbers include. */
        ListMeta: components["schemas"]["Meta"] & {
            /**
             * Format: int64
             * @description The page, from 1 on.
             */
            current_page: number;
            /**
             * Format: int64
             * @description Rows of a page.
             */
            per_page: number;
            /**
             * Format: int64
             * @description Rows of all pages together.
             */
            total: number;
            /**
             * Format: int64
             * @description The last page; 1 when the list is empty (rule 99).
             */
            last_page: number;
            /**
             * Format: int64
             * @description The same as `last_page`.
             */
            total_pages: number;
            /** @description The cursor of the next page; null on the last. */
            next_cursor?: string | null;
        };
        /** @description The video, as the catalogue has it now (rule 95), with its figure in this selection. */
        Video: {
            /** Format: int64 */
            id: number | string;
            /**
             * Format: int64
             * @description Null when the catalogue does not know the video.
             */
            gallery_id?: number | null | string;
            /** @example film.mp4 */
            filename?: string | null;
            /** Format: double */
            duration_seconds?: number | null;
            /**
             * Format: int64
             * @description In pixels.
             */
            width?: number | null;
            /**
             * Format: int64
             * @description In pixels.
             */
            height?: number | null;
            /** @example h264 */
            codec?: string | null;
            /** @example mp4 */
            container?: string | null;
            /**
             * Format: int64
             * @description Completed deliveries of the video in this selection.
             */
            download_count: number;
        };
        /** @description The file that was asked for. */
        VideoFile: {
            /** @example video_original */
            rendition: string;
            /**
             * @description Rule 58.
             * @example mp4
             */
            format: string;
            /** Format: int64 */
            size_bytes: number;
        };
        /** @description How much of it arrived. */
        Completion: {
            complete: boolean;
            /**
             * Format: double
             * @description Rounded down to one decimal, so that 100 means complete (rule 42).
             * @example 61.4
             */
            percent: number;
            /**
             * Format: int64
             * @description Distinct bytes that were served (rules 2 and 51).
             */
            delivered_bytes: number;
            /**
             * Format: int64
             * @description Unfiltered 206 responses that began after byte 0 (rule 43).
             */
            resumes: number;
            /**
             * Format: date-time
             * @description Rule 46.
             */
            last_activity_at?: string | null;
        };
        /** @description One response. */
        Segment: {
            /**
             * Format: date-time
             * @description The end of the response (rule 104).
             */
            at?: string | null;
            /**
             * Format: int64
             * @description The first byte that was served; null for a response without a range.
             */
            range_start?: number | null;
            /**
             * Format: int64
             * @description The last byte that was served; null for a response without a range.
             */
            range_end?: number | null;
            /** Format: int64 */
            body_bytes: number;
            /**
             * Format: int64
             * @example 206
             */
            http_status: number;
            /**
             * @description `ok`, `client_abort`, `timeout`, `origin_error`, `edge_error` or `denied`.
             * @example ok
             */
            end_reason: string;
        };
        /** @description A video that was asked for, alone or inside an archive. */
        VideoDownload: {
            /**
             * @description The delivery's id.
             * @example dv_01a20dc0-4336-7183-8c4b-637918e8f926_88120031
             */
            id: string;
            /**
             * Format: uuid
             * @description The action it belongs to.
             */
            download_id: string;
            /**
             * @description `single` or `archive`.
             * @example single
             */
            source: string;
            /**
             * @description What became of it (rules 45 to 51).
             * @example partial
             */
            status: string;
            /**
             * Format: date-time
             * @description The time inside `download_id` (rule 1).
             */
            requested_at?: string | null;
            client?: components["schemas"]["Client"] | null;
            video: components["schemas"]["Video"];
            file: components["schemas"]["VideoFile"];
            completion: components["schemas"]["Completion"];
            /** @description The unfiltered responses of the action, in the order of their ends. */
            history: components["schemas"]["Segment"][];
            /** @description Why it does not count (rule 24); present only with `include=filtered`, null when it counts. */
            filter_reason?: string | null;
        };
        /** @description All selected deliveries of videos. */
        VideoSummary: {
            /**
             * Format: int64
             * @description Unfiltered deliveries, whatever became of them (rule 52).
             */
            attempts: number;
            /**
             * Format: int64
             * @description Completed deliveries.
             */
            downloads: number;
            /**
             * Format: int64
             * @description One per identity, video, rendition and UTC day (rule 54).
             */
            unique_downloads: number;
            /**
             * Format: double
             * @description `downloads` ÷ `attempts` (rule 61).
             */
            completion_rate?: number | null;
            by_source: components["schemas"]["BySource"];
            by_client: components["schemas"]["VideoClientTotals"][];
        };
        /** @description The deliveries of one client, or of all anonymous actors (rule 14). */
        VideoClientTotals: {
            client?: components["schemas"]["Client"] | null;
            /**
             * Format: int64
             * @description Unfiltered deliveries, whatever became of them (rule 52).
             */
            attempts: number;
            /**
             * Format: int64
             * @description Completed deliveries.
             */
            downloads: number;
        };
        /** @description Why it failed (rule 53). */
        Failure: {
            /** @example origin_error */
            code: string;
            /**
             * Format: int64
             * @description Of the last response; null when the preparation failed.
             * @example 502
             */
            http_status?: number | null;
            /** @description Whether it is worth another try. */
            retryable: boolean;
            /** @description The next action for the same media within 24 hours; null when there is none. */
            retried_as?: string | null;
        };
        /** @description What was asked for. */
        Items: {
            /** Format: int64 */
            photos: number;
            /** Format: int64 */
            videos: number;
        };
        /** @description The file that was asked for. */
        ActionFile: {
            /** @example high_res */
            rendition: string;
            /** @example zip */
            format: string;
            /**
             * Format: int64
             * @description Null while nobody has said (rule 44).
             */
            size_bytes?: number | null;
        };
        /** @description What the edges sent, filtered responses left out. */
        Transfer: {
            /**
             * Format: int64
             * @description Bytes sent (rule 36).
             */
            transferred_bytes: number;
            /**
             * Format: int64
             * @description Distinct bytes of the file that were sent (rules 2 and 37).
             */
            delivered_bytes: number;
            /**
             * Format: int64
             * @description Of all responses together (rule 64).
             */
            duration_ms: number;
            /**
             * Format: int64
             * @description Time to first byte of the first response (rule 65).
             */
            ttfb_ms?: number | null;
            /**
             * Format: int64
             * @description Null when no time was spent (rule 64).
             */
            avg_bits_per_second?: number | null;
            /**
             * Format: int64
             * @description Responses (rule 66).
             */
            segments: number;
            /**
             * Format: double
             * @description Share of them that came from a cache, to two decimals (rules 61 and 66).
             * @example 0.67
             */
            cache_hit_ratio?: number | null;
            /**
             * @description The place of the last response (rule 66).
             * @example FRA
             */
            edge_pop?: string | null;
            /**
             * @description Of who asked, else of the last response (rule 66).
             * @example DE
             */
            country?: string | null;
        };
        /** @description A download action: one click on a photo, a video or an archive. */
        Action: {
            /**
             * Format: uuid
             * @description The download_id, minted at the click.
             */
            id: string;
            /**
             * @description `photo`, `video` or `archive`.
             * @example archive
             */
            type: string;
            /**
             * @description What became of it (rules 45 to 51).
             * @example completed
             */
            status: string;
            failure?: components["schemas"]["Failure"] | null;
            /**
             * Format: date-time
             * @description The time inside the id (rule 1).
             */
            requested_at?: string | null;
            client?: components["schemas"]["Client"] | null;
            items: components["schemas"]["Items"];
            /**
             * @description Where what arrived of each item is shown.
             * @example /downloads/01a20dc0-4336-7183-8c4b-637918e8f926/items
             */
            items_url: string;
            file: components["schemas"]["ActionFile"];
            transfer: components["schemas"]["Transfer"];
            /** @description Why it does not count (rule 24); present only with `include=filtered`, null when it counts. */
            filter_reason?: string | null;
        };
        /** @description All selected actions. */
        DownloadsSummary: {
            /**
             * Format: int64
             * @description Unfiltered actions, whatever became of them (rule 52).
             */
            attempts: number;
            /**
             * Format: int64
             * @description Completed actions.
             */
            downloads: number;
            /**
             * Format: int64
             * @description One per identity, set of media, rendition and UTC day (rule 54).
             */
            unique_downloads: number;
            by_type: components["schemas"]["ByType"];
            deliveries: components["schemas"]["Delivered"];
            by_status: components["schemas"]["ByStatus"];
            /**
             * Format: double
             * @description Completed ÷ (completed + partial + failed) (rule 61).
             */
            success_rate?: number | null;
            bandwidth: components["schemas"]["Bandwidth"];
        };
        /** @description What one client, or all anonymous actors, did on this page. */
        ClientActions: {
            client?: components["schemas"]["Client"] | null;
            /**
             * Format: date-time
             * @description The first of them.
             */
            first_at?: string | null;
            /**
             * Format: date-time
             * @description The last of them.
             */
            last_at?: string | null;
            events: components["schemas"]["ClientAction"][];
        };
        /** @description Completed actions by what they were for (rule 56). */
        ByType: {
            /** Format: int64 */
            photo: number;
            /** Format: int64 */
            video: number;
            /** Format: int64 */
            archive: number;
        };
        /** @description Completed deliveries of the actions, by kind of medium (rule 62). */
        Delivered: {
            /** Format: int64 */
            photos: number;
            /** Format: int64 */
            videos: number;
        };
        /** @description Actions by status; they sum to `attempts` (rule 56). */
        ByStatus: {
            /** Format: int64 */
            requested: number;
            /** Format: int64 */
            preparing: number;
            /** Format: int64 */
            in_progress: number;
            /** Format: int64 */
            completed: number;
            /** Format: int64 */
            partial: number;
            /** Format: int64 */
            failed: number;
            /** Format: int64 */
            abandoned: number;
        };
        /** @description Bytes and speeds (rules 64 to 67). */
        Bandwidth: {
            /**
             * Format: int64
             * @description Sent to unfiltered requests (rule 36).
             */
            transferred_bytes: number;
            /**
             * Format: int64
             * @description Distinct bytes of the files that were sent (rule 37).
             */
            delivered_bytes: number;
            /**
             * Format: int64
             * @description Sent to filtered requests (rules 27 and 67).
             */
            filtered_bytes: number;
            /**
             * Format: int64
             * @description Sent for downloads of which no request has come (rules 31 and 67).
             */
            unattributed_bytes: number;
            /**
             * Format: int64
             * @description Half of the actions were faster; null when none has a speed (rule 65).
             */
            p50_bits_per_second?: number | null;
            /**
             * Format: int64
             * @description 95 % of the actions waited less for their first byte (rule 65).
             */
            p95_ttfb_ms?: number | null;
        };
        /** @description One action of a client. */
        ClientAction: {
            /** Format: date-time */
            at?: string | null;
            /**
             * @description `photo`, `video` or `archive`.
             * @example photo
             */
            type: string;
            /** Format: uuid */
            download_id: string;
            /**
             * @description What became of it (rules 45 to 51).
             * @example completed
             */
            status: string;
        };
        /** @description What the link allows (rule 76). */
        SharingPermissions: {
            /** @default false */
            view?: boolean;
            /**
             * @description The best rendition that may be downloaded; null for none.
             * @default null
             * @example web_2048
             */
            download?: string | null;
            /** @default false */
            favorite?: boolean;
            /** @default false */
            reshare?: boolean;
            /** @default false */
            watermark?: boolean;
            /** @default false */
            password_required?: boolean;
            /**
             * Format: int64
             * @description Opens after which it is exhausted; null without a limit.
             * @default null
             */
            max_opens?: number | null;
            /**
             * Format: int64
             * @description Downloads after which it is exhausted; null without a limit.
             * @default null
             */
            max_downloads?: number | null;
        };
        /** @description What was done through the link. */
        SharingUsage: {
            /**
             * Format: int64
             * @description Counted opens (rules 30 and 69).
             */
            opens: number;
            /**
             * Format: int64
             * @description Distinct identities among them (rule 72).
             */
            unique_visitors: number;
            /**
             * Format: int64
             * @description Completed download actions (rule 74).
             */
            downloads: number;
            /**
             * Format: int64
             * @description Their unique keys (rule 74).
             */
            unique_downloads: number;
            /**
             * Format: int64
             * @description Null without a maximum (rule 74).
             */
            downloads_remaining?: number | null;
            /**
             * Format: int64
             * @description Bytes sent (rule 74).
             */
            transferred_bytes: number;
            /**
             * Format: int64
             * @description Opens by link previewers (rule 30).
             */
            link_previews: number;
            /**
             * Format: int64
             * @description Opens by robots and mail scanners (rule 30).
             */
            bot_opens: number;
            denied: components["schemas"]["SharingDenied"];
            /**
             * Format: date-time
             * @description The first counted open (rule 80).
             */
            first_opened_at?: string | null;
            /**
             * Format: date-time
             * @description The last counted open (rule 80).
             */
            last_opened_at?: string | null;
            /** @description Hosts by opens, at most ten (rule 73). */
            top_referrers: components["schemas"]["Referrer"][];
            /**
             * @description Counted opens by country (rule 73).
             * @example {
             *       "DE": 20,
             *       "US": 11
             *     }
             */
            countries: {
                [key: string]: number;
            };
        };
        /** @description Opens that were denied, by reason (rule 71). */
        SharingDenied: {
            /** Format: int64 */
            expired: number;
            /** Format: int64 */
            bad_password: number;
            /** Format: int64 */
            quota: number;
            /** Format: int64 */
            revoked: number;
        };
        /** @description A host that people came from. */
        Referrer: {
            /** @example instagram.com */
            host: string;
            /**
             * Format: int64
             * @description Counted opens.
             */
            opens: number;
        };
        /** @description A share link, with its usage over its whole life. */
        SharingLink: {
            /** @example sl_9 */
            id: string;
            /**
             * @description Without the scope `links:secret` what opens the link is masked.
             * @example https://g.example/***
             */
            url: string;
            /**
             * Format: int64
             * @description The photo or video that is shared (rule 79).
             */
            photo_id: number | string;
            /** Format: date-time */
            created_at?: string | null;
            created_by?: components["schemas"]["Client"] | null;
            /**
             * @description `active`, `expired`, `exhausted` or `revoked` (rule 75).
             * @example active
             */
            status: string;
            /**
             * Format: date-time
             * @description Null when it never expires (rule 76).
             */
            expires_at?: string | null;
            /**
             * Format: date-time
             * @description When it was first revoked (rule 75).
             */
            revoked_at?: string | null;
            permissions: components["schemas"]["SharingPermissions"];
            usage: components["schemas"]["SharingUsage"];
        };
        /** @description All selected links. */
        SharingLinksSummary: {
            /**
             * Format: int64
             * @description Links that are active (rule 75).
             */
            active: number;
            /**
             * Format: int64
             * @description Links that have expired (rule 75).
             */
            expired: number;
            /**
             * Format: int64
             * @description Links whose opens or downloads are used up (rule 75).
             */
            exhausted: number;
            /**
             * Format: int64
             * @description Links that were revoked (rule 75).
             */
            revoked: number;
            /**
             * Format: int64
             * @description Opens of all of them (rule 77).
             */
            opens: number;
            /**
             * Format: int64
             * @description Downloads through all of them (rule 77).
             */
            downloads: number;
        };
        /** @description The list it is on. */
        FavoriteList: {
            /** @example fl_2 */
            id: string;
            /**
             * @description Null for a list that was never created (rule 85).
             * @example Album picks
             */
            name?: string | null;
            /**
             * @description `open` or `submitted` (rule 85).
             * @example submitted
             */
            status: string;
            /**
             * Format: date-time
             * @description Null unless submitted (rule 85).
             */
            submitted_at?: string | null;
            /**
             * Format: int64
             * @description Current favourites of the list, whatever the filters (rule 85).
             */
            selected: number;
            /**
             * Format: int64
             * @description How many the list takes; null without a limit.
             */
            max_selections?: number | null;
        };
        /** @description The photo or video. */
        FavoriteMedia: {
            /**
             * @description `photo` or `video`.
             * @example photo
             */
            type: string;
            /** Format: int64 */
            id: number | string;
            /**
             * Format: int64
             * @description Null when the catalogue does not know the medium (rule 95).
             */
            gallery_id?: number | null | string;
            /** @example DSC_0412.jpg */
            filename?: string | null;
            /**
             * Format: int64
             * @description Current favourites of the medium in this selection (rules 3 and 81).
             */
            favorite_count: number;
        };
        /** @description A photo or video on a list of favourites. */
        Favorite: {
            /** @example fv_fl_2_731100245 */
            id: string;
            list: components["schemas"]["FavoriteList"];
            client?: components["schemas"]["Client"] | null;
            media: components["schemas"]["FavoriteMedia"];
            /**
             * Format: date-time
             * @description When it was set last (rule 82).
             */
            favorited_at?: string | null;
            /**
             * Format: date-time
             * @description When it was taken back last; null while it is current (rule 82).
             */
            removed_at?: string | null;
            /**
             * @description What the client wrote about it (rule 86); null once the client is erased.
             * @example Please brighten
             */
            note?: string | null;
        };
        /** @description All selected favourites that are current (rule 83). */
        FavoritesSummary: {
            /**
             * Format: int64
             * @description Pairs of a list and a medium (rule 81).
             */
            favorites: number;
            /**
             * Format: int64
             * @description Distinct clients (rule 13).
             */
            clients: number;
            /**
             * Format: int64
             * @description Distinct lists (rule 84).
             */
            lists: number;
            by_media: components["schemas"]["FavoriteMediaTotals"][];
            by_client: components["schemas"]["FavoriteClientTotals"][];
        };
        /** @description The favourites of one medium. */
        FavoriteMediaTotals: {
            /**
             * @description `photo` or `video`.
             * @example photo
             */
            type: string;
            /** Format: int64 */
            id: number | string;
            /**
             * Format: int64
             * @description On how many lists it is (rule 81).
             */
            favorite_count: number;
            /**
             * Format: int64
             * @description Distinct clients who set it (rule 81).
             */
            unique_clients: number;
        };
        /** @description The favourites of one client, or of all anonymous actors (rule 14). */
        FavoriteClientTotals: {
            client?: components["schemas"]["Client"] | null;
            /** Format: int64 */
            favorites: number;
        };
        /** @description The photo, as the catalogue has it now (rule 95). */
        StarredPhotoFacts: {
            /** Format: int64 */
            id: number | string;
            /** Format: int64 */
            collection_id: number | string;
            /** @example Smith Wedding */
            collection_name?: string | null;
            /**
             * Format: int64
             * @description Null when the catalogue does not know the photo.
             */
            gallery_id?: number | null | string;
            /** @example DSC_0412.jpg */
            filename?: string | null;
            /**
             * @example [
             *       "wedding"
             *     ]
             */
            tags?: string[] | null;
        };
        /** @description How popular it is among the selected photos (rule 89). */
        Popularity: {
            /**
             * Format: double
             * @description From 0 to 1.
             * @example 0.93
             */
            score: number;
            /**
             * Format: int64
             * @description From 1 on.
             */
            rank: number;
        };
        /** @description A photo with a star of its owner or a current favourite, with the figures of its whole life (rule 88). */
        StarredPhoto: {
            photo: components["schemas"]["StarredPhotoFacts"];
            starred_by_owner: boolean;
            /**
             * Format: date-time
             * @description Null without a star of the owner (rule 87).
             */
            starred_at?: string | null;
            /**
             * Format: int64
             * @description Its current favourites (rule 88).
             */
            client_favorites: number;
            /**
             * Format: date-time
             * @description The latest of them.
             */
            last_favorited_at?: string | null;
            /**
             * Format: int64
             * @description Completed deliveries (rule 88).
             */
            downloads: number;
            /**
             * Format: int64
             * @description Share links to it, ever created (rule 88).
             */
            shares: number;
            /**
             * Format: int64
             * @description How often it was viewed (rules 69 and 88).
             */
            views: number;
            popularity: components["schemas"]["Popularity"];
        };
        /** @description What the selected photos say about their collections. */
        StarredAnalytics: {
            collections: components["schemas"]["CollectionStars"][];
            /** @description The ten most popular (rule 89). */
            popular: components["schemas"]["PopularPhoto"][];
            engagement_patterns: components["schemas"]["EngagementPatterns"];
        };
        /** @description The selected photos of one collection (rule 90). */
        CollectionStars: {
            /** Format: int64 */
            collection_id: number | string;
            /**
             * Format: int64
             * @description Photos that the owner starred.
             */
            starred: number;
            /**
             * Format: int64
             * @description Their current favourites.
             */
            client_favorites: number;
            /**
             * Format: double
             * @description Photos with a client's favourite ÷ photos of the collection; null without any.
             */
            favorite_rate?: number | null;
        };
        /** @description A popular photo. */
        PopularPhoto: {
            /** Format: int64 */
            photo_id: number | string;
            /**
             * Format: double
             * @description From 0 to 1 (rule 89).
             */
            score: number;
        };
        /** @description When, and about what, clients choose their favourites (rule 91). */
        EngagementPatterns: {
            /** @example Europe/Berlin */
            timezone: string;
            /** @description All 24 hours of the zone. */
            by_hour: components["schemas"]["HourFavorites"][];
            /** @description From Monday to Sunday of the zone. */
            by_weekday: components["schemas"]["WeekdayFavorites"][];
            /**
             * Format: double
             * @description To one decimal; null when no collection has both times.
             */
            median_hours_publish_to_first_favorite?: number | null;
            /**
             * Format: int64
             * @description Clients with favourites in two or more collections.
             */
            repeat_clients: number;
            by_tag: components["schemas"]["TagFavorites"][];
        };
        /** @description Favourites of an hour of the day. */
        HourFavorites: {
            /**
             * Format: int64
             * @description From 0 to 23.
             */
            hour: number;
            /** Format: int64 */
            favorites: number;
        };
        /** @description Favourites of a day of the week. */
        WeekdayFavorites: {
            /** @example sun */
            weekday: string;
            /** Format: int64 */
            favorites: number;
        };
        /** @description Favourites of photos with a tag. */
        TagFavorites: {
            /** @example wedding */
            tag: string;
            /** Format: int64 */
            favorites: number;
        };
        /** @description What happened in the period, filtered traffic left out (rule 114). */
        Figures: {
            /**
             * Format: int64
             * @description Visits (rules 7 and 69).
             */
            visits: number;
            /**
             * Format: int64
             * @description Photos viewed (rules 7 and 69).
             */
            views: number;
            /**
             * Format: int64
             * @description Videos played (rules 7 and 69).
             */
            plays: number;
            /**
             * Format: int64
             * @description Counted opens of share links (rules 30 and 69).
             */
            link_opens: number;
            /**
             * Format: int64
             * @description Current favourites that were set in the period (rules 2 and 82).
             */
            favorites: number;
            /**
             * Format: int64
             * @description Download actions, whatever became of them, as on the list of downloads (rule 52).
             */
            attempts: number;
            /**
             * Format: int64
             * @description Completed download actions, as on the list of downloads.
             */
            downloads: number;
            by_type: components["schemas"]["FiguresByType"];
            /**
             * Format: int64
             * @description One per identity, set of media, rendition and UTC day of a collection (rule 54).
             */
            unique_downloads: number;
            deliveries: components["schemas"]["FiguresDeliveries"];
            /**
             * Format: int64
             * @description Bytes sent to unfiltered download actions (rule 36).
             */
            transferred_bytes: number;
            /**
             * Format: int64
             * @description Distinct clients with a counted deed (rule 115).
             */
            clients: number;
        };
        /** @description A step of the funnel. */
        FunnelStep: {
            /**
             * @description `visited`, `viewed`, `favorited` or `downloaded`.
             * @example viewed
             */
            step: string;
            /**
             * Format: int64
             * @description Distinct identities (rule 12) that came so far or further in the period.
             */
            identities: number;
            /**
             * Format: double
             * @description Of the identities of the step before; null at the first step.
             */
            share_of_previous?: number | null;
            /**
             * Format: double
             * @description Of the identities of the first step; null when nobody came.
             */
            share_of_first?: number | null;
        };
        /** @description Completed download actions by what they were for; they add up to `downloads`. */
        FiguresByType: {
            /**
             * Format: int64
             * @description Of one photo.
             */
            photo: number;
            /**
             * Format: int64
             * @description Of one video.
             */
            video: number;
            /**
             * Format: int64
             * @description Of several media at once.
             */
            archive: number;
        };
        /** @description Completed deliveries, alone or inside an archive, as on the lists of photos and videos received (rule 62). */
        FiguresDeliveries: {
            /**
             * Format: int64
             * @description Of photos.
             */
            photos: number;
            /**
             * Format: int64
             * @description Of videos.
             */
            videos: number;
        };
        /** @description One collection in a period. */
        Analytics: {
            totals: components["schemas"]["Figures"];
            /** @description From the first step to the last; no step has more identities than the one before (rule 106). */
            funnel: components["schemas"]["FunnelStep"][];
        };
        /** @description A metric in one span of time. */
        Bucket: {
            /**
             * Format: date-time
             * @description Its first instant.
             */
            start: string;
            /**
             * Format: date-time
             * @description The first instant after it.
             */
            end: string;
            /**
             * Format: date-time
             * @description `start` as clocks of the zone show it.
             * @example 2026-05-02T00:00:00+02:00
             */
            local_start: string;
            /**
             * Format: int64
             * @description The metric within the bucket and the period; 0 when nothing happened.
             */
            value: number;
            /** @description Whether the bucket had not ended at `as_of`, or reaches out of the period (rule 107). */
            partial: boolean;
        };
        /** @description The buckets of the period, without a gap. */
        TimeseriesBuckets: components["schemas"]["Bucket"][];
        /** @description All buckets together. */
        TimeseriesSummary: {
            /** @example downloads */
            metric: string;
            /** @example day */
            interval: string;
            /** @example Europe/Berlin */
            timezone: string;
            /**
             * Format: int64
             * @description The metric in the whole period, which is the sum of the buckets (rule 108).
             */
            total: number;
            /**
             * Format: int64
             * @description How many buckets there are.
             */
            buckets: number;
        };
        /** @description The photo or video. */
        Medium: {
            /** Format: int64 */
            id: number | string;
            /** @description `photo` or `video`; null when the catalogue does not know the medium (rule 95). */
            type?: string | null;
            /** Format: int64 */
            gallery_id?: number | null | string;
            /** @example DSC_0412.jpg */
            filename?: string | null;
        };
        /** @description What was done with media in the period, as far as rule 1 counts it. */
        MediumFigures: {
            /**
             * Format: int64
             * @description Deliveries, whatever became of them (rule 52).
             */
            attempts: number;
            /**
             * Format: int64
             * @description Completed deliveries.
             */
            downloads: number;
            /**
             * Format: int64
             * @description One per identity, medium, rendition and UTC day (rule 54).
             */
            unique_downloads: number;
            /**
             * Format: int64
             * @description Photos viewed (rule 69).
             */
            views: number;
            /**
             * Format: int64
             * @description Videos played (rule 69).
             */
            plays: number;
            /**
             * Format: int64
             * @description Current favourites that were set in the period (rule 82).
             */
            favorites: number;
            /**
             * Format: int64
             * @description Share links that were created in the period.
             */
            shares: number;
        };
        /** @description A photo or video and what was done with it in the period. */
        PopularMedium: components["schemas"]["MediumFigures"] & {
            media: components["schemas"]["Medium"];
            /**
             * Format: int64
             * @description Its place by what `by` names, from 1 on; equal ones by id (rule 109).
             */
            rank: number;
            /**
             * Format: double
             * @description From 0 to 1, by the formula of starred photos (rules 89 and 109).
             * @example 0.93
             */
            score: number;
        };
        /** @description All listed media together. */
        PopularSummary: components["schemas"]["MediumFigures"] & {
            /**
             * Format: int64
             * @description How many media were touched.
             */
            media: number;
        };
        /** @description What was done in the period, as far as rule 1 counts it. */
        Deeds: {
            /**
             * Format: int64
             * @description Visits (rule 69).
             */
            visits: number;
            /**
             * Format: int64
             * @description Photos viewed (rule 69).
             */
            views: number;
            /**
             * Format: int64
             * @description Videos played (rule 69).
             */
            plays: number;
            /**
             * Format: int64
             * @description Counted opens of share links (rules 30 and 69).
             */
            link_opens: number;
            /**
             * Format: int64
             * @description Current favourites that were set in the period (rule 82).
             */
            favorites: number;
            /**
             * Format: int64
             * @description Download actions, whatever became of them (rule 52).
             */
            attempts: number;
            /**
             * Format: int64
             * @description Completed download actions.
             */
            downloads: number;
            /**
             * Format: int64
             * @description One per identity, set of media, rendition and UTC day (rule 54).
             */
            unique_downloads: number;
            /**
             * Format: int64
             * @description Photos and videos received, alone or in an archive.
             */
            deliveries: number;
        };
        /** @description A client, or all anonymous actors together, and what they did in the period (rule 110). */
        CollectionClient: components["schemas"]["Deeds"] & {
            client?: components["schemas"]["Client"] | null;
            /**
             * Format: date-time
             * @description Their first counted deed on the days of the period.
             */
            first_at?: string | null;
            /**
             * Format: date-time
             * @description Their last counted deed on the days of the period.
             */
            last_at?: string | null;
        };
        /** @description Everybody together. */
        CollectionClientsSummary: components["schemas"]["Deeds"] & {
            /**
             * Format: int64
             * @description Distinct clients; anonymous actors are none (rule 13).
             */
            clients: number;
        };
        /** @description Something the client did (rule 111). Members that do not belong to its type are null. */
        TimelineEntry: {
            /**
             * Format: date-time
             * @description When; of `looked` the client's last deed of that UTC day.
             */
            at?: string | null;
            /**
             * @description `looked`, `downloaded`, `favorited`, `unfavorited` or `shared`.
             * @example downloaded
             */
            type: string;
            client?: components["schemas"]["Client"] | null;
            /**
             * Format: int64
             * @description Visits of that day (rule 69).
             */
            visits?: number | null;
            /**
             * Format: int64
             * @description Photos viewed that day (rule 69).
             */
            views?: number | null;
            /**
             * Format: int64
             * @description Videos played that day (rule 69).
             */
            plays?: number | null;
            /**
             * Format: int64
             * @description Counted opens of share links that day (rules 30 and 69).
             */
            link_opens?: number | null;
            /** @description The action. */
            download_id?: string | null;
            /** @description `photo`, `video` or `archive` of an action, `photo` or `video` of a favourite. */
            kind?: string | null;
            /**
             * @description What became of the action (rules 45 to 51).
             * @example completed
             */
            status?: string | null;
            /** @description The list of the favourite. */
            list_id?: string | null;
            /** @description The share link. */
            link_id?: string | null;
            /**
             * Format: int64
             * @description The photo or video; null of an action about several.
             */
            media_id?: number | null | string;
            /** @description Its file name in the catalogue (rule 95). */
            filename?: string | null;
        };
        /** @description Entries by type. */
        TimelineSummary: {
            /** Format: int64 */
            looked: number;
            /** Format: int64 */
            downloaded: number;
            /** Format: int64 */
            favorited: number;
            /** Format: int64 */
            unfavorited: number;
            /** Format: int64 */
            shared: number;
        };
        /** @description A download action with its responses. */
        DownloadDetail: components["schemas"]["Action"] & {
            /** Format: int64 */
            collection_id: number | string;
            /** @description The unfiltered responses, in the order of their ends. */
            history: components["schemas"]["Segment"][];
        };
        /** @description The photo or video, as the catalogue has it now (rule 95). */
        ItemMedia: {
            /** Format: int64 */
            id: number | string;
            /**
             * @description `photo` or `video`, as it was asked for.
             * @example photo
             */
            type: string;
            /**
             * Format: int64
             * @description Null when the catalogue does not know the medium.
             */
            gallery_id?: number | null | string;
            /** @example Ceremony */
            gallery_name?: string | null;
            /** @example DSC_0412.jpg */
            filename?: string | null;
        };
        /** @description The file that was asked for. */
        ItemFile: {
            /** @example high_res */
            rendition: string;
            /**
             * @description Rule 58.
             * @example jpeg
             */
            format: string;
            /** Format: int64 */
            size_bytes: number;
        };
        /** @description A photo or video of the download. */
        DownloadItem: {
            media: components["schemas"]["ItemMedia"];
            /**
             * @description What became of it (rules 45 to 51).
             * @example completed
             */
            status: string;
            /**
             * Format: date-time
             * @description When its last missing byte had arrived (rule 41); null unless completed.
             */
            completed_at?: string | null;
            file: components["schemas"]["ItemFile"];
            /**
             * Format: int64
             * @description Its bytes that were served, within an archive those of its place in it (rule 51).
             */
            delivered_bytes: number;
            /**
             * Format: double
             * @description Of the medium, rounded down to one decimal, so that 100 means complete (rule 42).
             * @example 100
             */
            percent: number;
        };
        /** @description All media of the download. */
        DownloadItemsSummary: {
            /** Format: int64 */
            items: number;
            /**
             * Format: int64
             * @description Those that arrived whole.
             */
            completed: number;
            /**
             * Format: int64
             * @description Of all files together.
             */
            size_bytes: number;
            /**
             * Format: int64
             * @description Of all files together (rule 51).
             */
            delivered_bytes: number;
        };
        /** @description The photo or video, as the catalogue has it now; all but the id is null when it does not know it (rule 95). */
        PhotoFacts: {
            /** Format: int64 */
            id: number | string;
            /**
             * @description `photo` or `video`.
             * @example photo
             */
            type?: string | null;
            collection: components["schemas"]["NamedCollection"];
            /** Format: int64 */
            gallery_id?: number | null | string;
            /** @example DSC_0412.jpg */
            filename?: string | null;
            /** @example jpeg */
            format?: string | null;
            /**
             * Format: int64
             * @description In pixels.
             */
            width?: number | null;
            /**
             * Format: int64
             * @description In pixels.
             */
            height?: number | null;
            /**
             * @example [
             *       "wedding"
             *     ]
             */
            tags?: string[] | null;
        };
        /** @description A collection as these answers name it. */
        NamedCollection: {
            /**
             * Format: int64
             * @description The collection's id.
             * @example 90516387
             */
            id: number | string;
            /**
             * @description Null when the catalogue does not know the collection (rule 95).
             * @example Smith Wedding
             */
            name?: string | null;
        };
        /** @description A photo or video and what was done with it in the period, as far as rule 1 counts it. */
        Stats: {
            photo: components["schemas"]["PhotoFacts"];
            /** @description Whether its owner's star stands now (rule 87). */
            starred_by_owner: boolean;
            /**
             * Format: int64
             * @description Deliveries, whatever became of them (rule 52).
             */
            attempts: number;
            /**
             * Format: int64
             * @description Completed deliveries.
             */
            downloads: number;
            /**
             * Format: int64
             * @description One per identity, medium, rendition and UTC day (rule 54).
             */
            unique_downloads: number;
            /**
             * Format: int64
             * @description Distinct clients with a download (rule 13).
             */
            clients: number;
            by_source: components["schemas"]["BySource"];
            /**
             * @description Downloads by rendition.
             * @example {
             *       "high_res": 12
             *     }
             */
            by_rendition: {
                [key: string]: number;
            };
            /**
             * Format: date-time
             * @description `requested_at` of the first download (rule 57).
             */
            first_downloaded_at?: string | null;
            /**
             * Format: date-time
             * @description `requested_at` of the last download (rule 57).
             */
            last_downloaded_at?: string | null;
            /**
             * Format: int64
             * @description Views of a photo (rule 69).
             */
            views: number;
            /**
             * Format: int64
             * @description Plays of a video (rule 69).
             */
            plays: number;
            /**
             * Format: int64
             * @description Current favourites that were set in the period (rule 82).
             */
            favorites: number;
            /**
             * Format: int64
             * @description Distinct clients of these favourites (rule 13).
             */
            favorite_clients: number;
            /**
             * Format: int64
             * @description Share links that were created in the period.
             */
            shares: number;
            /**
             * Format: int64
             * @description Counted opens of its share links in the period (rule 69).
             */
            link_opens: number;
        };
        /** @description Collections taken together. */
        Totals: {
            /**
             * Format: int64
             * @description How many collections there are now, whatever the period (rule 115).
             */
            collections: number;
            /**
             * Format: int64
             * @description Those with a counted deed in the period (rule 115).
             */
            active_collections: number;
            figures: components["schemas"]["Figures"];
        };
        /** @description The same of the period before. */
        PreviousPeriod: {
            /**
             * Format: date-time
             * @description Its lower bound.
             */
            from?: string | null;
            /**
             * Format: date-time
             * @description Its upper bound, which is `from` of what was asked for.
             */
            to?: string | null;
            /**
             * Format: int64
             * @description Collections with a counted deed in it (rule 115).
             */
            active_collections: number;
            figures: components["schemas"]["Figures"];
        };
        /** @description The ratio of each figure to that of the period before, less 1: 0.25 is a quarter more, −1 is nothing left (rule 116). */
        PortfolioChange: {
            /**
             * Format: double
             * @description Of `active_collections`.
             */
            active_collections?: number | null;
            figures: components["schemas"]["Ratios"];
        };
        /** @description One ratio for each figure, null where the divisor is 0 (rule 61). */
        Ratios: {
            /**
             * Format: double
             * @description Of `visits`.
             */
            visits?: number | null;
            /**
             * Format: double
             * @description Of `views`.
             */
            views?: number | null;
            /**
             * Format: double
             * @description Of `plays`.
             */
            plays?: number | null;
            /**
             * Format: double
             * @description Of `link_opens`.
             */
            link_opens?: number | null;
            /**
             * Format: double
             * @description Of `favorites`.
             */
            favorites?: number | null;
            /**
             * Format: double
             * @description Of `attempts`.
             */
            attempts?: number | null;
            /**
             * Format: double
             * @description Of `downloads`.
             */
            downloads?: number | null;
            by_type: components["schemas"]["RatiosByType"];
            /**
             * Format: double
             * @description Of `unique_downloads`.
             */
            unique_downloads?: number | null;
            deliveries: components["schemas"]["RatiosDeliveries"];
            /**
             * Format: double
             * @description Of `transferred_bytes`.
             */
            transferred_bytes?: number | null;
            /**
             * Format: double
             * @description Of `clients`.
             */
            clients?: number | null;
        };
        /** @description One ratio for each type of download action. */
        RatiosByType: {
            /**
             * Format: double
             * @description Of one photo.
             */
            photo?: number | null;
            /**
             * Format: double
             * @description Of one video.
             */
            video?: number | null;
            /**
             * Format: double
             * @description Of several media at once.
             */
            archive?: number | null;
        };
        /** @description One ratio for each kind of medium received. */
        RatiosDeliveries: {
            /**
             * Format: double
             * @description Of photos.
             */
            photos?: number | null;
            /**
             * Format: double
             * @description Of videos.
             */
            videos?: number | null;
        };
        /** @description All collections of the account together. */
        Portfolio: components["schemas"]["Totals"] & {
            previous?: components["schemas"]["PreviousPeriod"] | null;
            change?: components["schemas"]["PortfolioChange"] | null;
        };
        /** @description A collection with its figures. */
        PortfolioCollection: {
            collection: components["schemas"]["NamedCollection"];
            /**
             * Format: date-time
             * @description When it was published (rule 92); null when the catalogue never knew it.
             */
            published_at?: string | null;
            /** @description Whether it has a counted deed in the period (rule 115). */
            is_active: boolean;
            /**
             * Format: date-time
             * @description The first counted deed on the days of the period (rule 115).
             */
            first_activity_at?: string | null;
            /**
             * Format: date-time
             * @description The last counted deed on the days of the period (rule 115).
             */
            last_activity_at?: string | null;
            figures: components["schemas"]["Figures"];
        };
        /** @description A collection beside the others. */
        Compared: {
            collection: components["schemas"]["NamedCollection"];
            /**
             * Format: date-time
             * @description When it was published (rule 92); null when the catalogue never knew it.
             */
            published_at?: string | null;
            figures: components["schemas"]["Figures"];
            /** @description Each figure by the sum over the compared collections (rule 117). */
            share: components["schemas"]["Ratios"];
            /** @description Each figure by the mean over the compared collections; 1 is the mean (rule 117). */
            index: components["schemas"]["Ratios"];
        };
        /** @description The compared collections, in the order they were named. */
        Comparison: components["schemas"]["Compared"][];
        /** @description Deeds on media of one gallery. */
        GalleryPreference: components["schemas"]["Preference"] & {
            /**
             * Format: int64
             * @description Null, with the gallery, for media that the catalogue does not have (rule 95).
             */
            collection_id?: number | null | string;
            /**
             * Format: int64
             * @description Null for media that the catalogue does not have (rule 95).
             */
            gallery_id?: number | null | string;
            /** @description Null when the catalogue does not know the gallery (rule 95). */
            gallery_name?: string | null;
        };
        /** @description Deeds on media with one tag. */
        TagPreference: components["schemas"]["Preference"] & {
            /**
             * @description The tag, as the catalogue has it now.
             * @example wedding
             */
            tag: string;
        };
        /** @description Deliveries in one rendition. */
        RenditionPreference: components["schemas"]["Preference"] & {
            /**
             * @description The rendition that was asked for (rule 59).
             * @example high_res
             */
            rendition: string;
        };
        /** @description Deeds in one hour of the day. */
        HourPreference: components["schemas"]["Preference"] & {
            /**
             * Format: int64
             * @description From 0 to 23.
             */
            hour: number;
        };
        /** @description How much of a client's deeds are of one sort. */
        Preference: {
            /**
             * Format: int64
             * @description The client's deeds of this sort.
             */
            deeds: number;
            /**
             * Format: double
             * @description Their part of all the client's (rule 118).
             */
            share?: number | null;
            /**
             * Format: double
             * @description That part by the same part of the whole account's deeds: above 1 is more than others (rule 118).
             */
            lift?: number | null;
        };
        /** @description What a client chooses. */
        ClientPreferences: {
            client?: components["schemas"]["Client"] | null;
            /**
             * @description The zone of `by_hour`.
             * @example Europe/Berlin
             */
            timezone: string;
            /**
             * Format: int64
             * @description The client's current favourites and completed deliveries in the period (rule 118).
             */
            deeds: number;
            /**
             * Format: int64
             * @description The favourites among them.
             */
            favorites: number;
            /**
             * Format: int64
             * @description The deliveries among them.
             */
            deliveries: number;
            /** @description Whether there are fewer than 20 deeds, and so no shares (rule 119). */
            suppressed: boolean;
            /** @description Deeds by gallery of the present catalogue, most first; absent when suppressed (rule 119). */
            by_gallery?: components["schemas"]["GalleryPreference"][] | null;
            /**
             * @description Deeds by tag of the present catalogue, most first; a medium may have several, so shares need not add up to 1;
             *     absent when suppressed (rule 119).
             */
            by_tag?: components["schemas"]["TagPreference"][] | null;
            /** @description Deliveries by rendition, most first; absent with fewer than 20 deliveries (rule 119). */
            by_rendition?: components["schemas"]["RenditionPreference"][] | null;
            /** @description Deeds by hour of the day in `timezone`, all 24; absent when suppressed (rule 119). */
            by_hour?: components["schemas"]["HourPreference"][] | null;
        };
        /** @description What a client did in a collection, ever. */
        FollowUpActivity: {
            /**
             * Format: int64
             * @description Visits (rules 7 and 69).
             */
            visits: number;
            /**
             * Format: int64
             * @description Views of photos (rules 7 and 69).
             */
            views: number;
            /**
             * Format: int64
             * @description Plays of videos (rules 7 and 69).
             */
            plays: number;
            /**
             * Format: int64
             * @description Counted opens of share links (rules 30 and 69).
             */
            link_opens: number;
        };
        /** @description A download that broke off. */
        FollowUpDownload: {
            /**
             * Format: uuid
             * @description The client's last action on these media in this rendition (rule 122).
             */
            id: string;
            /** @description `photo`, `video` or `archive`. */
            type: string;
            /**
             * @description The rendition that was asked for.
             * @example high_res
             */
            rendition: string;
            /**
             * Format: int64
             * @description Media that were asked for.
             */
            media: number;
            /**
             * Format: int64
             * @description The client's actions on these media in this rendition (rule 122).
             */
            attempts: number;
            /**
             * Format: int64
             * @description Bytes of the last action's file that arrived (rule 37).
             */
            delivered_bytes: number;
            /**
             * Format: int64
             * @description Bytes of its file (rule 44); null when unknown.
             */
            size_bytes?: number | null;
        };
        /** @description A list of favourites that waits. */
        FollowUpList: {
            /** @description The list's id. */
            id: string;
            /**
             * @description Null for a list that was never created (rule 85).
             * @example Album picks
             */
            name?: string | null;
            /**
             * Format: int64
             * @description Its current favourites (rule 85).
             */
            favorites: number;
            /**
             * Format: int64
             * @description How many it may have; null without a limit.
             */
            max_selections?: number | null;
        };
        /** @description A share link. */
        FollowUpLink: {
            /** @description The link's id. */
            id: string;
            /**
             * Format: int64
             * @description The photo or video it shows (rule 79).
             */
            media_id: number | string;
            /**
             * Format: int64
             * @description Its counted opens, ever (rule 30).
             */
            opens: number;
            /**
             * Format: int64
             * @description Completed downloads through it, ever (rule 74).
             */
            downloads: number;
            /**
             * Format: int64
             * @description Previews of it, ever: a link that was sent somewhere often has one (rule 71).
             */
            link_previews: number;
            /**
             * Format: date-time
             * @description When it expires; null for never.
             */
            expires_at?: string | null;
        };
        /** @description Somebody to write to, and about what. */
        FollowUp: {
            /**
             * @description The same for as long as the row stands: segment, collection and what it is about.
             * @example partial:90516387:0197f2a0-4336-7183-8c4b-637918e8f926
             */
            id: string;
            /** @description `not_opened`, `opened_not_downloaded`, `partial`, `favorites_unsubmitted` or `link_expiring` (rules 120 to 124). */
            segment: string;
            /**
             * @description What to write about: `link_never_opened`, `collection_never_visited`, `opened_without_downloading`,
             *     `download_partial`, `download_failed`, `list_not_submitted` or `link_expires_soon` (rules 120 to 124).
             */
            reason: string;
            client?: components["schemas"]["Client"] | null;
            collection: components["schemas"]["NamedCollection"];
            /**
             * Format: date-time
             * @description The time of the deed that it is about (rules 120 to 124).
             */
            since?: string | null;
            /**
             * Format: date-time
             * @description When it came to stand in its segment (rules 120 to 124).
             */
            due_at?: string | null;
            activity?: components["schemas"]["FollowUpActivity"] | null;
            download?: components["schemas"]["FollowUpDownload"] | null;
            list?: components["schemas"]["FollowUpList"] | null;
            link?: components["schemas"]["FollowUpLink"] | null;
        };
        /** @description All selected follow-ups. */
        FollowUpsSummary: {
            /**
             * Format: int64
             * @description Rows on all pages.
             */
            follow_ups: number;
            /**
             * Format: int64
             * @description Distinct clients to write to.
             */
            clients: number;
            by_segment: components["schemas"]["FollowUpsBySegment"];
        };
        /** @description Rows by segment; they add up to `follow_ups`. */
        FollowUpsBySegment: {
            /**
             * Format: int64
             * @description Rule 120.
             */
            not_opened: number;
            /**
             * Format: int64
             * @description Rule 121.
             */
            opened_not_downloaded: number;
            /**
             * Format: int64
             * @description Rule 122.
             */
            partial: number;
            /**
             * Format: int64
             * @description Rule 123.
             */
            favorites_unsubmitted: number;
            /**
             * Format: int64
             * @description Rule 124.
             */
            link_expiring: number;
        };
        /** @description The photo. */
        CandidatePhoto: {
            /**
             * Format: int64
             * @description The photo's id.
             */
            id: number | string;
            /**
             * Format: int64
             * @description Null when the catalogue does not know the photo (rule 95).
             */
            gallery_id?: number | null | string;
            /**
             * @description Null when the catalogue does not know the photo (rule 95).
             * @example DSC_0412.jpg
             */
            filename?: string | null;
            /** @description Null when the catalogue does not know the photo (rule 95). */
            tags?: string[] | null;
        };
        /** @description A photo worth offering as a print. */
        StoreCandidate: {
            photo: components["schemas"]["CandidatePhoto"];
            collection: components["schemas"]["NamedCollection"];
            /**
             * Format: int64
             * @description Its current favourites (rule 82).
             */
            favorites: number;
            /**
             * Format: int64
             * @description Distinct clients among them (rule 125).
             */
            favorite_clients: number;
            /**
             * Format: date-time
             * @description When the latest of them was set.
             */
            last_favorited_at?: string | null;
            /**
             * Format: int64
             * @description Completed deliveries as `original` or `high_res`, alone or inside an archive (rule 125).
             */
            downloads: number;
            /**
             * Format: int64
             * @description Distinct identities among them (rules 12 and 125).
             */
            downloaders: number;
            /**
             * @description What makes it a candidate: `several_clients`, `favorite_and_downloaded` or both (rule 125).
             * @example [
             *       "several_clients"
             *     ]
             */
            reasons: string[];
            /**
             * Format: double
             * @description From 0 to 1, among the selected photos (rule 126).
             */
            score: number;
            /**
             * Format: int64
             * @description From 1 on, by score, then by the photo's id (rule 126).
             */
            rank: number;
        };
        /** @description All selected candidates; the last two may overlap. */
        StoreCandidatesSummary: {
            /**
             * Format: int64
             * @description Photos on all pages.
             */
            candidates: number;
            /**
             * Format: int64
             * @description Collections they are of.
             */
            collections: number;
            /**
             * Format: int64
             * @description Those that two or more clients favourited (rule 125).
             */
            several_clients: number;
            /**
             * Format: int64
             * @description Those that two or more identities downloaded (rule 125).
             */
            favorite_and_downloaded: number;
        };
        /** @description What some media were to visitors (rule 127). */
        ContentFigures: {
            /**
             * Format: int64
             * @description Media in the catalogue now.
             */
            media: number;
            /**
             * Format: int64
             * @description Views of photos (rules 7 and 69).
             */
            views: number;
            /**
             * Format: int64
             * @description Plays of videos (rules 7 and 69).
             */
            plays: number;
            /**
             * Format: int64
             * @description Current favourites that were set in the period (rule 82).
             */
            favorites: number;
            /**
             * Format: int64
             * @description Completed deliveries, alone or inside an archive (rule 88).
             */
            downloads: number;
            /**
             * Format: double
             * @description Downloads for every 100 media; null without media (rule 127).
             */
            downloads_per_100_media?: number | null;
            /**
             * Format: int64
             * @description Media of the catalogue without a view, play, favourite or download (rule 128).
             */
            never_touched: number;
        };
        /** @description Media with one tag. */
        ContentTag: components["schemas"]["ContentFigures"] & {
            /**
             * @description The tag, as the catalogue has it now.
             * @example wedding
             */
            tag: string;
        };
        /** @description Media of one gallery. */
        ContentGallery: components["schemas"]["ContentFigures"] & {
            /**
             * Format: int64
             * @description Null, with the gallery, for media that the catalogue does not have (rule 95).
             */
            collection_id?: number | null | string;
            /**
             * Format: int64
             * @description Null for media that the catalogue does not have (rule 95).
             */
            gallery_id?: number | null | string;
            /** @description Null when the catalogue does not know the gallery (rule 95). */
            gallery_name?: string | null;
        };
        /** @description Media of one kind. */
        ContentKind: components["schemas"]["ContentFigures"] & {
            /** @description `photo`, `video`, or `unknown` for media that the catalogue does not have. */
            kind: string;
        };
        /** @description Media of one orientation. */
        ContentOrientation: components["schemas"]["ContentFigures"] & {
            /** @description `landscape`, `portrait`, `square`, or `unknown` without a width and a height. */
            orientation: string;
        };
        /** @description A medium that works. */
        TopMedium: {
            /**
             * Format: int64
             * @description The medium's id.
             */
            id: number | string;
            /** @description `photo`, `video`, or `unknown` for a medium that the catalogue does not have. */
            kind: string;
            /**
             * Format: int64
             * @description Null when the catalogue does not know the medium (rule 95).
             */
            gallery_id?: number | null | string;
            /**
             * @description Null when the catalogue does not know the medium (rule 95).
             * @example DSC_0412.jpg
             */
            filename?: string | null;
            collection: components["schemas"]["NamedCollection"];
            /**
             * Format: int64
             * @description Views (rules 7 and 69).
             */
            views: number;
            /**
             * Format: int64
             * @description Plays (rules 7 and 69).
             */
            plays: number;
            /**
             * Format: int64
             * @description Current favourites that were set in the period.
             */
            favorites: number;
            /**
             * Format: int64
             * @description Completed deliveries.
             */
            downloads: number;
        };
        /** @description Which content works in the period. */
        ContentReport: {
            /** @description All media of the account. */
            totals: components["schemas"]["ContentFigures"];
            /**
             * @description By tag, most downloads first; a medium counts under each of its tags, so these do not add up to the totals, and
             *     media without a tag are under none (rule 127).
             */
            by_tag: components["schemas"]["ContentTag"][];
            /** @description By gallery, most downloads first; these add up to the totals (rule 127). */
            by_gallery: components["schemas"]["ContentGallery"][];
            /** @description By kind of medium; these add up to the totals (rule 127). */
            by_kind: components["schemas"]["ContentKind"][];
            /** @description By orientation; these add up to the totals (rule 127). */
            by_orientation: components["schemas"]["ContentOrientation"][];
            /** @description The ten media with the most downloads, then favourites, then views (rule 128). */
            top: components["schemas"]["TopMedium"][];
            /** @description True when there are more tags than `by_tag` lists. */
            by_tag_truncated?: boolean | null;
            /** @description True when there are more galleries than `by_gallery` lists. */
            by_gallery_truncated?: boolean | null;
        };
        /** @description RFC 9457 problem details with the product's own `error` beside them. */
        Problem: {
            /**
             * @description `urn:loupe:problem:` and the code.
             * @example urn:loupe:problem:invalid_parameter
             */
            type: string;
            /** @description The status in words. */
            title: string;
            /** @description The HTTP status. */
            status: number;
            /** @description The same as `error.message`. */
            detail: string;
            /** @description The path that was asked for. */
            instance?: string;
            error: {
                /**
                 * @description Stays the same, for programs to match.
                 * @example invalid_parameter
                 */
                code: string;
                /** @description A sentence for the reader. */
                message: string;
                /** @description What the code is about, such as `parameter`. */
                details: Record<string, never>;
            };
        };
        TimeZone: string;
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    photo_downloads: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description The field to sort by; `-` before it for descending.
                 * @example -requested_at
                 */
                sort?: "requested_at" | "-requested_at" | "occurred_at" | "-occurred_at";
                /**
                 * @description `next_cursor` of the page before; not with `page`.
                 * @example eyJhZnRlciI6WzE3Nzc3MjMyMDBdfQ.c2lnbmVk
                 */
                cursor?: string;
                /**
                 * @description Rows of a page.
                 * @example 1
                 */
                limit?: number;
                /**
                 * @description The page, from 1 on.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows of a page; another name of `limit`.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description How the answer is written; goes before `Accept`. All but `json` list every row; tables one page when it is asked for.
                 * @example json
                 */
                format?: "json" | "csv" | "ndjson" | "parquet";
                /**
                 * @description Rows from this time on, by the row's own time (rule 2).
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2).
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
                /**
                 * @description Rows about media of any of these galleries.
                 * @example [
                 *       731100245
                 *     ]
                 */
                gallery_id?: number[];
                /**
                 * @description Rows about any of these photos or videos.
                 * @example [
                 *       731100245
                 *     ]
                 */
                media_id?: number[];
                /**
                 * @description Rows of any of these clients.
                 * @example [
                 *       "cl_7Hk2Qm9ZrT4vXw1bNc8dLp3sYe6uAf"
                 *     ]
                 */
                client_id?: string[];
                /**
                 * @description Downloads in any of these renditions.
                 * @example [
                 *       "original"
                 *     ]
                 */
                rendition?: ("original" | "high_res" | "web_2048" | "web_1024" | "web_640" | "video_original" | "video_1080p" | "video_720p" | "unknown")[];
                /**
                 * @description Rows in any of these states.
                 * @example [
                 *       "requested"
                 *     ]
                 */
                status?: ("requested" | "preparing" | "in_progress" | "completed" | "partial" | "failed" | "abandoned")[];
                /**
                 * @description Media received alone or inside an archive.
                 * @example [
                 *       "single"
                 *     ]
                 */
                source?: ("single" | "archive")[];
                /**
                 * @description Rows of any of these share links.
                 * @example [
                 *       "sl_9"
                 *     ]
                 */
                link_id?: string[];
                /**
                 * @description `filtered` also lists what rule 1 leaves out (rule 5).
                 * @example filtered
                 */
                include?: "filtered";
            };
            header?: never;
            path: {
                /**
                 * @description The collection.
                 * @example 90516387
                 */
                collection_id: number | string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["PhotoDownload"][];
                        summary: components["schemas"]["PhotoSummary"];
                        meta: components["schemas"]["ListMeta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    gallery_video_downloads: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description The field to sort by; `-` before it for descending.
                 * @example -requested_at
                 */
                sort?: "requested_at" | "-requested_at" | "occurred_at" | "-occurred_at";
                /**
                 * @description `next_cursor` of the page before; not with `page`.
                 * @example eyJhZnRlciI6WzE3Nzc3MjMyMDBdfQ.c2lnbmVk
                 */
                cursor?: string;
                /**
                 * @description Rows of a page.
                 * @example 1
                 */
                limit?: number;
                /**
                 * @description The page, from 1 on.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows of a page; another name of `limit`.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description How the answer is written; goes before `Accept`. All but `json` list every row; tables one page when it is asked for.
                 * @example json
                 */
                format?: "json" | "csv" | "ndjson" | "parquet";
                /**
                 * @description Rows from this time on, by the row's own time (rule 2).
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2).
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
                /**
                 * @description Rows about media of any of these galleries.
                 * @example [
                 *       731100245
                 *     ]
                 */
                gallery_id?: number[];
                /**
                 * @description Rows about any of these photos or videos.
                 * @example [
                 *       731100245
                 *     ]
                 */
                media_id?: number[];
                /**
                 * @description Rows of any of these clients.
                 * @example [
                 *       "cl_7Hk2Qm9ZrT4vXw1bNc8dLp3sYe6uAf"
                 *     ]
                 */
                client_id?: string[];
                /**
                 * @description Downloads in any of these renditions.
                 * @example [
                 *       "original"
                 *     ]
                 */
                rendition?: ("original" | "high_res" | "web_2048" | "web_1024" | "web_640" | "video_original" | "video_1080p" | "video_720p" | "unknown")[];
                /**
                 * @description Rows in any of these states.
                 * @example [
                 *       "requested"
                 *     ]
                 */
                status?: ("requested" | "preparing" | "in_progress" | "completed" | "partial" | "failed" | "abandoned")[];
                /**
                 * @description Media received alone or inside an archive.
                 * @example [
                 *       "single"
                 *     ]
                 */
                source?: ("single" | "archive")[];
                /**
                 * @description Rows of any of these share links.
                 * @example [
                 *       "sl_9"
                 *     ]
                 */
                link_id?: string[];
                /**
                 * @description `filtered` also lists what rule 1 leaves out (rule 5).
                 * @example filtered
                 */
                include?: "filtered";
            };
            header?: never;
            path: {
                /**
                 * @description The collection.
                 * @example 90516387
                 */
                collection_id: number | string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["VideoDownload"][];
                        summary: components["schemas"]["VideoSummary"];
                        meta: components["schemas"]["ListMeta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    downloads: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description The field to sort by; `-` before it for descending.
                 * @example -requested_at
                 */
                sort?: "requested_at" | "-requested_at" | "occurred_at" | "-occurred_at";
                /**
                 * @description `next_cursor` of the page before; not with `page`.
                 * @example eyJhZnRlciI6WzE3Nzc3MjMyMDBdfQ.c2lnbmVk
                 */
                cursor?: string;
                /**
                 * @description Rows of a page.
                 * @example 1
                 */
                limit?: number;
                /**
                 * @description The page, from 1 on.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows of a page; another name of `limit`.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description How the answer is written; goes before `Accept`. All but `json` list every row; tables one page when it is asked for.
                 * @example json
                 */
                format?: "json" | "csv" | "ndjson" | "parquet";
                /**
                 * @description Rows from this time on, by the row's own time (rule 2).
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2).
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
                /**
                 * @description Rows about media of any of these galleries.
                 * @example [
                 *       731100245
                 *     ]
                 */
                gallery_id?: number[];
                /**
                 * @description Rows about any of these photos or videos.
                 * @example [
                 *       731100245
                 *     ]
                 */
                media_id?: number[];
                /**
                 * @description Rows of any of these clients.
                 * @example [
                 *       "cl_7Hk2Qm9ZrT4vXw1bNc8dLp3sYe6uAf"
                 *     ]
                 */
                client_id?: string[];
                /**
                 * @description Downloads in any of these renditions.
                 * @example [
                 *       "original"
                 *     ]
                 */
                rendition?: ("original" | "high_res" | "web_2048" | "web_1024" | "web_640" | "video_original" | "video_1080p" | "video_720p" | "unknown")[];
                /**
                 * @description Rows in any of these states.
                 * @example [
                 *       "requested"
                 *     ]
                 */
                status?: ("requested" | "preparing" | "in_progress" | "completed" | "partial" | "failed" | "abandoned")[];
                /**
                 * @description Rows of any of these share links.
                 * @example [
                 *       "sl_9"
                 *     ]
                 */
                link_id?: string[];
                /**
                 * @description `filtered` also lists what rule 1 leaves out (rule 5).
                 * @example filtered
                 */
                include?: "filtered";
            };
            header?: never;
            path: {
                /**
                 * @description The collection.
                 * @example 90516387
                 */
                collection_id: number | string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Action"][];
                        summary: components["schemas"]["DownloadsSummary"];
                        /** @description The rows of this page by client (rule 68). */
                        client_timeline: components["schemas"]["ClientActions"][];
                        meta: components["schemas"]["ListMeta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    photo_sharing_links: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description The field to sort by; `-` before it for descending.
                 * @example -created_at
                 */
                sort?: "created_at" | "-created_at" | "occurred_at" | "-occurred_at";
                /**
                 * @description `next_cursor` of the page before; not with `page`.
                 * @example eyJhZnRlciI6WzE3Nzc3MjMyMDBdfQ.c2lnbmVk
                 */
                cursor?: string;
                /**
                 * @description Rows of a page.
                 * @example 1
                 */
                limit?: number;
                /**
                 * @description The page, from 1 on.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows of a page; another name of `limit`.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description How the answer is written; goes before `Accept`. All but `json` list every row; tables one page when it is asked for.
                 * @example json
                 */
                format?: "json" | "csv" | "ndjson" | "parquet";
                /**
                 * @description Rows from this time on, by the row's own time (rule 2).
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2).
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
                /**
                 * @description Rows about media of any of these galleries.
                 * @example [
                 *       731100245
                 *     ]
                 */
                gallery_id?: number[];
                /**
                 * @description Rows about any of these photos or videos.
                 * @example [
                 *       731100245
                 *     ]
                 */
                media_id?: number[];
                /**
                 * @description Rows of any of these clients.
                 * @example [
                 *       "cl_7Hk2Qm9ZrT4vXw1bNc8dLp3sYe6uAf"
                 *     ]
                 */
                client_id?: string[];
                /**
                 * @description Rows in any of these states.
                 * @example [
                 *       "active"
                 *     ]
                 */
                status?: ("active" | "expired" | "exhausted" | "revoked")[];
                /**
                 * @description Rows of any of these share links.
                 * @example [
                 *       "sl_9"
                 *     ]
                 */
                link_id?: string[];
            };
            header?: never;
            path: {
                /**
                 * @description The collection.
                 * @example 90516387
                 */
                collection_id: number | string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SharingLink"][];
                        summary: components["schemas"]["SharingLinksSummary"];
                        meta: components["schemas"]["ListMeta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    favorites: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description The field to sort by; `-` before it for descending.
                 * @example -favorited_at
                 */
                sort?: "favorited_at" | "-favorited_at" | "occurred_at" | "-occurred_at";
                /**
                 * @description `next_cursor` of the page before; not with `page`.
                 * @example eyJhZnRlciI6WzE3Nzc3MjMyMDBdfQ.c2lnbmVk
                 */
                cursor?: string;
                /**
                 * @description Rows of a page.
                 * @example 1
                 */
                limit?: number;
                /**
                 * @description The page, from 1 on.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows of a page; another name of `limit`.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description How the answer is written; goes before `Accept`. All but `json` list every row; tables one page when it is asked for.
                 * @example json
                 */
                format?: "json" | "csv" | "ndjson" | "parquet" | "lightroom" | "capture_one" | "finder" | "txt" | "xmp";
                /**
                 * @description Rows from this time on, by the row's own time (rule 2).
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2).
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
                /**
                 * @description Rows about media of any of these galleries.
                 * @example [
                 *       731100245
                 *     ]
                 */
                gallery_id?: number[];
                /**
                 * @description Rows about any of these photos or videos.
                 * @example [
                 *       731100245
                 *     ]
                 */
                media_id?: number[];
                /**
                 * @description Rows of any of these clients.
                 * @example [
                 *       "cl_7Hk2Qm9ZrT4vXw1bNc8dLp3sYe6uAf"
                 *     ]
                 */
                client_id?: string[];
                /**
                 * @description `all` also lists favourites that were removed (rule 83).
                 * @example current
                 */
                state?: "current" | "all";
            };
            header?: never;
            path: {
                /**
                 * @description The collection.
                 * @example 90516387
                 */
                collection_id: number | string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Favorite"][];
                        summary: components["schemas"]["FavoritesSummary"];
                        meta: components["schemas"]["ListMeta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    photos_starred: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description The field to sort by; `-` before it for descending.
                 * @example -starred_at
                 */
                sort?: "starred_at" | "-starred_at" | "occurred_at" | "-occurred_at";
                /**
                 * @description `next_cursor` of the page before; not with `page`.
                 * @example eyJhZnRlciI6WzE3Nzc3MjMyMDBdfQ.c2lnbmVk
                 */
                cursor?: string;
                /**
                 * @description Rows of a page.
                 * @example 1
                 */
                limit?: number;
                /**
                 * @description The page, from 1 on.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows of a page; another name of `limit`.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description How the answer is written; goes before `Accept`. All but `json` list every row; tables one page when it is asked for.
                 * @example json
                 */
                format?: "json" | "csv" | "ndjson" | "parquet";
                /**
                 * @description Rows from this time on, by the row's own time (rule 2).
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2).
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
                /**
                 * @description Rows about media of any of these galleries.
                 * @example [
                 *       731100245
                 *     ]
                 */
                gallery_id?: number[];
                /**
                 * @description Rows about any of these photos or videos.
                 * @example [
                 *       731100245
                 *     ]
                 */
                media_id?: number[];
                /**
                 * @description What the list is chosen or ranked by.
                 * @example any
                 */
                by?: "any" | "owner" | "clients";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["StarredPhoto"][];
                        analytics: components["schemas"]["StarredAnalytics"];
                        meta: components["schemas"]["ListMeta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    collection_analytics: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description Rows from this time on, by the row's own time (rule 2). It must be 00:00 UTC.
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2). It must be 00:00 UTC.
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
            };
            header?: never;
            path: {
                /**
                 * @description The collection.
                 * @example 90516387
                 */
                collection_id: number | string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Analytics"];
                        meta: components["schemas"]["Meta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    collection_timeseries: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description Rows from this time on, by the row's own time (rule 2). It must be a whole quarter of an hour.
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2). It must be a whole quarter of an hour.
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
                /**
                 * @description What is counted over time (rule 108).
                 * @example downloads
                 */
                metric?: "downloads" | "unique_downloads" | "attempts" | "photo_downloads" | "video_downloads" | "archive_downloads" | "photo_deliveries" | "video_deliveries" | "transferred_bytes" | "visits" | "views" | "plays" | "link_opens" | "favorites" | "favorites_added" | "favorites_removed";
                /**
                 * @description How long a bucket is, by clocks of `tz` (rule 107).
                 * @example day
                 */
                interval?: "day" | "hour" | "week" | "month";
                /**
                 * @description How the answer is written; goes before `Accept`. All but `json` list every row; tables one page when it is asked for.
                 * @example json
                 */
                format?: "json" | "csv" | "ndjson" | "parquet";
            };
            header?: never;
            path: {
                /**
                 * @description The collection.
                 * @example 90516387
                 */
                collection_id: number | string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TimeseriesBuckets"];
                        summary: components["schemas"]["TimeseriesSummary"];
                        meta: components["schemas"]["Meta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    collection_popular: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description The field to sort by; `-` before it for descending.
                 * @example -popularity
                 */
                sort?: "popularity" | "-popularity" | "occurred_at" | "-occurred_at";
                /**
                 * @description `next_cursor` of the page before; not with `page`.
                 * @example eyJhZnRlciI6WzE3Nzc3MjMyMDBdfQ.c2lnbmVk
                 */
                cursor?: string;
                /**
                 * @description Rows of a page.
                 * @example 1
                 */
                limit?: number;
                /**
                 * @description The page, from 1 on.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows of a page; another name of `limit`.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description How the answer is written; goes before `Accept`. All but `json` list every row; tables one page when it is asked for.
                 * @example json
                 */
                format?: "json" | "csv" | "ndjson" | "parquet";
                /**
                 * @description Rows from this time on, by the row's own time (rule 2). It must be 00:00 UTC.
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2). It must be 00:00 UTC.
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
                /**
                 * @description Rows about media of any of these galleries.
                 * @example [
                 *       731100245
                 *     ]
                 */
                gallery_id?: number[];
                /**
                 * @description Rows about any of these photos or videos.
                 * @example [
                 *       731100245
                 *     ]
                 */
                media_id?: number[];
                /**
                 * @description What the list is chosen or ranked by.
                 * @example downloads
                 */
                by?: "downloads" | "unique_downloads" | "views" | "favorites" | "shares" | "score";
            };
            header?: never;
            path: {
                /**
                 * @description The collection.
                 * @example 90516387
                 */
                collection_id: number | string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["PopularMedium"][];
                        summary: components["schemas"]["PopularSummary"];
                        meta: components["schemas"]["ListMeta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    collection_clients: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description The field to sort by; `-` before it for descending.
                 * @example -last_at
                 */
                sort?: "last_at" | "-last_at" | "first_at" | "-first_at" | "visits" | "-visits" | "views" | "-views" | "favorites" | "-favorites" | "attempts" | "-attempts" | "downloads" | "-downloads" | "occurred_at" | "-occurred_at";
                /**
                 * @description `next_cursor` of the page before; not with `page`.
                 * @example eyJhZnRlciI6WzE3Nzc3MjMyMDBdfQ.c2lnbmVk
                 */
                cursor?: string;
                /**
                 * @description Rows of a page.
                 * @example 1
                 */
                limit?: number;
                /**
                 * @description The page, from 1 on.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows of a page; another name of `limit`.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description How the answer is written; goes before `Accept`. All but `json` list every row; tables one page when it is asked for.
                 * @example json
                 */
                format?: "json" | "csv" | "ndjson" | "parquet";
                /**
                 * @description Rows from this time on, by the row's own time (rule 2). It must be 00:00 UTC.
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2). It must be 00:00 UTC.
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
                /**
                 * @description Rows of any of these clients.
                 * @example [
                 *       "cl_7Hk2Qm9ZrT4vXw1bNc8dLp3sYe6uAf"
                 *     ]
                 */
                client_id?: string[];
            };
            header?: never;
            path: {
                /**
                 * @description The collection.
                 * @example 90516387
                 */
                collection_id: number | string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CollectionClient"][];
                        summary: components["schemas"]["CollectionClientsSummary"];
                        meta: components["schemas"]["ListMeta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    client_timeline: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description The field to sort by; `-` before it for descending.
                 * @example -at
                 */
                sort?: "at" | "-at" | "occurred_at" | "-occurred_at";
                /**
                 * @description `next_cursor` of the page before; not with `page`.
                 * @example eyJhZnRlciI6WzE3Nzc3MjMyMDBdfQ.c2lnbmVk
                 */
                cursor?: string;
                /**
                 * @description Rows of a page.
                 * @example 1
                 */
                limit?: number;
                /**
                 * @description The page, from 1 on.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows of a page; another name of `limit`.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description How the answer is written; goes before `Accept`. All but `json` list every row; tables one page when it is asked for.
                 * @example json
                 */
                format?: "json" | "csv" | "ndjson" | "parquet";
                /**
                 * @description Rows from this time on, by the row's own time (rule 2).
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2).
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
            };
            header?: never;
            path: {
                /**
                 * @description The collection.
                 * @example 90516387
                 */
                collection_id: number | string;
                /**
                 * @description The client.
                 * @example cl_7Hk2Qm9ZrT4vXw1bNc8dLp3sYe6uAf
                 */
                client_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["TimelineEntry"][];
                        summary: components["schemas"]["TimelineSummary"];
                        meta: components["schemas"]["ListMeta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    download: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
            };
            header?: never;
            path: {
                /**
                 * @description The download.
                 * @example 019de9d2-6a08-7183-8c4b-637918e8f926
                 */
                download_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["DownloadDetail"];
                        meta: components["schemas"]["Meta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    download_items: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description The field to sort by; `-` before it for descending.
                 * @example -media
                 */
                sort?: "media" | "-media" | "occurred_at" | "-occurred_at";
                /**
                 * @description `next_cursor` of the page before; not with `page`.
                 * @example eyJhZnRlciI6WzE3Nzc3MjMyMDBdfQ.c2lnbmVk
                 */
                cursor?: string;
                /**
                 * @description Rows of a page.
                 * @example 1
                 */
                limit?: number;
                /**
                 * @description The page, from 1 on.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows of a page; another name of `limit`.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description How the answer is written; goes before `Accept`. All but `json` list every row; tables one page when it is asked for.
                 * @example json
                 */
                format?: "json" | "csv" | "ndjson" | "parquet";
            };
            header?: never;
            path: {
                /**
                 * @description The download.
                 * @example 019de9d2-6a08-7183-8c4b-637918e8f926
                 */
                download_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["DownloadItem"][];
                        summary: components["schemas"]["DownloadItemsSummary"];
                        meta: components["schemas"]["ListMeta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    photo_stats: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description Rows from this time on, by the row's own time (rule 2). It must be 00:00 UTC.
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2). It must be 00:00 UTC.
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
            };
            header?: never;
            path: {
                /**
                 * @description The photo or video.
                 * @example 731100245
                 */
                photo_id: number | string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Stats"];
                        meta: components["schemas"]["Meta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    analytics_portfolio: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description Rows from this time on, by the row's own time (rule 2). It must be 00:00 UTC.
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2). It must be 00:00 UTC.
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Portfolio"];
                        meta: components["schemas"]["Meta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    analytics_collections: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description The field to sort by; `-` before it for descending.
                 * @example -downloads
                 */
                sort?: "downloads" | "-downloads" | "attempts" | "-attempts" | "unique_downloads" | "-unique_downloads" | "transferred_bytes" | "-transferred_bytes" | "views" | "-views" | "visits" | "-visits" | "link_opens" | "-link_opens" | "favorites" | "-favorites" | "clients" | "-clients" | "last_activity_at" | "-last_activity_at" | "published_at" | "-published_at" | "name" | "-name" | "occurred_at" | "-occurred_at";
                /**
                 * @description `next_cursor` of the page before; not with `page`.
                 * @example eyJhZnRlciI6WzE3Nzc3MjMyMDBdfQ.c2lnbmVk
                 */
                cursor?: string;
                /**
                 * @description Rows of a page.
                 * @example 1
                 */
                limit?: number;
                /**
                 * @description The page, from 1 on.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows of a page; another name of `limit`.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description How the answer is written; goes before `Accept`. All but `json` list every row; tables one page when it is asked for.
                 * @example json
                 */
                format?: "json" | "csv" | "ndjson" | "parquet";
                /**
                 * @description Rows from this time on, by the row's own time (rule 2). It must be 00:00 UTC.
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2). It must be 00:00 UTC.
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["PortfolioCollection"][];
                        /** @description All collections together. */
                        summary: components["schemas"]["Totals"];
                        meta: components["schemas"]["ListMeta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    analytics_compare: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description Rows from this time on, by the row's own time (rule 2). It must be 00:00 UTC.
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2). It must be 00:00 UTC.
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
                /**
                 * @description The collections to compare; without it, those with the most downloads.
                 * @example [
                 *       90516387,
                 *       90516388
                 *     ]
                 */
                ids?: number[];
                /**
                 * @description How the answer is written; goes before `Accept`. All but `json` list every row; tables one page when it is asked for.
                 * @example json
                 */
                format?: "json" | "csv" | "ndjson" | "parquet";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Comparison"];
                        /** @description The compared collections together. */
                        summary: components["schemas"]["Totals"];
                        meta: components["schemas"]["Meta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    client_preferences: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description Rows from this time on, by the row's own time (rule 2).
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2).
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
            };
            header?: never;
            path: {
                /**
                 * @description The client.
                 * @example cl_7Hk2Qm9ZrT4vXw1bNc8dLp3sYe6uAf
                 */
                client_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ClientPreferences"];
                        meta: components["schemas"]["Meta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    insights_follow_ups: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description The field to sort by; `-` before it for descending.
                 * @example -due_at
                 */
                sort?: "due_at" | "-due_at" | "since" | "-since" | "occurred_at" | "-occurred_at";
                /**
                 * @description `next_cursor` of the page before; not with `page`.
                 * @example eyJhZnRlciI6WzE3Nzc3MjMyMDBdfQ.c2lnbmVk
                 */
                cursor?: string;
                /**
                 * @description Rows of a page.
                 * @example 1
                 */
                limit?: number;
                /**
                 * @description The page, from 1 on.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows of a page; another name of `limit`.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description How the answer is written; goes before `Accept`. All but `json` list every row; tables one page when it is asked for.
                 * @example json
                 */
                format?: "json" | "csv" | "ndjson" | "parquet";
                /**
                 * @description Rows from this time on, by the row's own time (rule 2).
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2).
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
                /**
                 * @description Follow-ups of any of these segments; all by default.
                 * @example [
                 *       "not_opened"
                 *     ]
                 */
                segment?: ("not_opened" | "opened_not_downloaded" | "partial" | "favorites_unsubmitted" | "link_expiring")[];
                /**
                 * @description Rows of any of these clients.
                 * @example [
                 *       "cl_7Hk2Qm9ZrT4vXw1bNc8dLp3sYe6uAf"
                 *     ]
                 */
                client_id?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["FollowUp"][];
                        summary: components["schemas"]["FollowUpsSummary"];
                        meta: components["schemas"]["ListMeta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    insights_store_candidates: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description The field to sort by; `-` before it for descending.
                 * @example -score
                 */
                sort?: "score" | "-score" | "last_favorited_at" | "-last_favorited_at" | "occurred_at" | "-occurred_at";
                /**
                 * @description `next_cursor` of the page before; not with `page`.
                 * @example eyJhZnRlciI6WzE3Nzc3MjMyMDBdfQ.c2lnbmVk
                 */
                cursor?: string;
                /**
                 * @description Rows of a page.
                 * @example 1
                 */
                limit?: number;
                /**
                 * @description The page, from 1 on.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Rows of a page; another name of `limit`.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description How the answer is written; goes before `Accept`. All but `json` list every row; tables one page when it is asked for.
                 * @example json
                 */
                format?: "json" | "csv" | "ndjson" | "parquet";
                /**
                 * @description Rows from this time on, by the row's own time (rule 2).
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2).
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
                /**
                 * @description Rows about media of any of these galleries.
                 * @example [
                 *       731100245
                 *     ]
                 */
                gallery_id?: number[];
                /**
                 * @description Rows about any of these photos or videos.
                 * @example [
                 *       731100245
                 *     ]
                 */
                media_id?: number[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["StoreCandidate"][];
                        summary: components["schemas"]["StoreCandidatesSummary"];
                        meta: components["schemas"]["ListMeta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    insights_content: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
                /**
                 * @description Rows from this time on, by the row's own time (rule 2). It must be 00:00 UTC.
                 * @example 2026-05-01T00:00:00Z
                 */
                from?: string;
                /**
                 * @description Rows before this time, by the row's own time (rule 2). It must be 00:00 UTC.
                 * @example 2026-06-01T00:00:00Z
                 */
                to?: string;
                /**
                 * @description The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.
                 * @example Europe/Berlin
                 */
                tz?: components["schemas"]["TimeZone"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ContentReport"];
                        meta: components["schemas"]["Meta"];
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    erasure: {
        parameters: {
            query?: {
                /**
                 * @description The account asked about; needed only by a key that acts for several.
                 * @example 1
                 */
                account_id?: number | string;
            };
            header?: never;
            path: {
                /**
                 * @description What the order to erase answered.
                 * @example er_3f1f62c14c0a4f2bb9ac4f9b2ae1d0c7_c2:18
                 */
                receipt: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasureAnswer"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    freshness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Freshness"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    definitions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description As `meta.definition` of every answer names it. */
                            version: string;
                            title: string;
                            summary: string;
                            rules: Record<string, never>[];
                            sections: Record<string, never>[];
                            clauses: Record<string, never>[];
                            glossary: Record<string, never>[];
                            lists: {
                                previewers?: string[];
                                scanners?: string[];
                                robot_words?: string[];
                                crawlers?: Record<string, never>;
                                data_centers?: Record<string, never>[];
                            };
                        };
                        meta: {
                            definition: string;
                        };
                    };
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
