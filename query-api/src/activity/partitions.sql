-- Of how many partitions the topic is; 0 while no projector has seen it.
SELECT max(partition) + 1 AS partitions FROM watermarks WHERE topic = 'gallery.events.v1' HAVING count() > 0
