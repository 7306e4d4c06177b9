package io.baseplate.kafka.benchmarks.client;

import java.lang.management.ManagementFactory;

import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what this JVM and the broker use.
 */
final class UsageProbe {

	private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();

	private final ProcFiles self = ProcFiles.self();

	private final ProcFiles broker;

	private final Deliveries deliveries;

	UsageProbe(Deliveries deliveries, long brokerPid) {
		this.deliveries = deliveries;
		this.broker = ProcFiles.of(brokerPid);
	}

	/**
	 * Look. What takes longest to look at is looked at farthest from the moment that
	 * counts, so that it is not in the window.
	 * @param begins whether a window begins with it
	 * @return what has been used
	 */
	Usage look(boolean begins) {
		if (begins) {
			Long switches = this.self.contextSwitches();
			long commits = commits();
			Long allocated = allocated();
			return look(allocated, switches, commits);
		}
		Usage usage = look(null, null, 0);
		Long allocated = allocated();
		long commits = commits();
		return new Usage(usage.nanos(), usage.messages(), usage.cpuNanos(), usage.brokerCpuNanos(), allocated,
				this.self.contextSwitches(), commits);
	}

	private Usage look(@Nullable Long allocated, @Nullable Long switches, long commits) {
		Long brokerCpu = this.broker.cpuNanos();
		long cpu = this.system.getProcessCpuTime();
		return new Usage(System.nanoTime(), this.deliveries.count(), cpu, brokerCpu, allocated, switches, commits);
	}

	/**
	 * By the threads that live: stacks keep theirs while they run. Virtual threads are
	 * counted with those that carry them.
	 */
	private @Nullable Long allocated() {
		if (!this.threads.isThreadAllocatedMemorySupported() || !this.threads.isThreadAllocatedMemoryEnabled()) {
			return null;
		}
		long sum = 0;
		for (long bytes : this.threads.getThreadAllocatedBytes(this.threads.getAllThreadIds())) {
			sum += Math.max(0, bytes);
		}
		return sum;
	}

	@Nullable Long peakRss() {
		return this.self.peakRss();
	}

	/**
	 * From the metrics of Kafka's clients, whoever made them.
	 */
	private long commits() {
		return sum("kafka.consumer:type=consumer-coordinator-metrics,client-id=*", "commit-total") + sum(
				"kafka.consumer:type=consumer-share-fetch-manager-metrics,client-id=*", "acknowledgements-send-total");
	}

	private long sum(String pattern, String attribute) {
		double sum = 0;
		try {
			for (ObjectName name : this.beans.queryNames(new ObjectName(pattern), null)) {
				sum += value(name, attribute);
			}
		}
		catch (MalformedObjectNameException ex) {
			throw new IllegalStateException(ex);
		}
		return Math.round(sum);
	}

	private double value(ObjectName name, String attribute) {
		try {
			return (this.beans.getAttribute(name, attribute) instanceof Number number) ? number.doubleValue() : 0;
		}
		catch (JMException ex) {
			// A client that has been closed meanwhile, or does not count that.
			return 0;
		}
	}

}
