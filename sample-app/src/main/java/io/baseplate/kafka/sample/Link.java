package io.baseplate.kafka.sample;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What the messages say.
 *
 * @param id the link's id
 * @param url where it leads
 * @param endpointTimestamp when it was submitted, in milliseconds: the starter measures
 * the latency of messages from it
 */
record Link(String id, String url, @JsonProperty("endpoint_timestamp") long endpointTimestamp) {

}
